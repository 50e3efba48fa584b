"""Ports for what tests start: never one that another test was given, in this process or in one beside it.

A port that was only free a moment ago is taken twice as soon as tests run side by side. So each process takes a block
of its own, and holds its first port, by listening there, for as long as it lives.
"""

import random
import socket
import threading

# Below those that the system gives to outgoing connections.
FIRST, LAST, BLOCK = 20000, 32000, 400
_lock = threading.Lock()
_held: list[socket.socket] = []
_left: list[int] = []


def free_port(above: int = 0) -> int:
    """A port that nobody listens on, with as many `above` it."""
    with _lock:
        while True:
            while len(_left) > above:
                base = _left[0]
                ours = _left[: above + 1]
                del _left[: above + 1]
                if all(_is_free(port) for port in ours):
                    return base
            _left[:] = _take_block()


def _take_block() -> range:
    """The ports of a block that no process has."""
    blocks = list(range(FIRST, LAST, BLOCK))
    random.shuffle(blocks)
    for first in blocks:
        holder = socket.socket()
        try:
            holder.bind(("127.0.0.1", first))
            holder.listen()
        except OSError:
            holder.close()
            continue
        _held.append(holder)
        return range(first + 1, first + BLOCK)
    raise RuntimeError(f"no block of free ports from {FIRST} to {LAST}")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as servers do: a port just left is free
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
