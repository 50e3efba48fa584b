"""A line between two nodes that can go dead: bytes stop, both ways, and nobody is told; what was under way stays so.

To either end it is as if packets vanished: connections stay open and silent until somebody's patience is over, new ones
get no further than the line. Without rights on the machine, and one line a region: each can be cut alone.
"""

import asyncio
import contextlib
import threading

from tests.integration.ports import free_port

PIECE = 65_536


class Cable:
    """Leads from `port` to `target`, a port of this machine, while it is whole."""

    def __init__(self) -> None:
        self.port, self.target = free_port(), 0
        self.carried = 0
        self._loop = asyncio.new_event_loop()
        self._whole = asyncio.Event()
        self._ends: set[asyncio.StreamWriter] = set()
        started = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(started,), daemon=True)
        self._thread.start()
        started.wait()

    def cut(self) -> None:
        """Nothing passes any more."""
        self._loop.call_soon_threadsafe(self._whole.clear)

    def mend(self) -> None:
        """It is whole again; what was under way arrives."""
        self._loop.call_soon_threadsafe(self._whole.set)

    def close(self) -> None:
        """End it."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _run(self, started: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        self._whole.set()
        server = self._loop.run_until_complete(asyncio.start_server(self._lead, "127.0.0.1", self.port))
        started.set()
        self._loop.run_forever()
        server.close()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0))
        for end in self._ends:
            end.transport.abort()
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()

    async def _lead(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._whole.wait()
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            writer.transport.abort()
            return
        self._ends |= {writer, back}
        await asyncio.gather(self._carry(reader, back), self._carry(there, writer))
        self._ends -= {writer, back}

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while piece := await reader.read(PIECE):
                await self._whole.wait()
                self.carried += len(piece)
                writer.write(piece)
                await writer.drain()
        await self._whole.wait()  # an end that hangs up is not heard at the other one either
        writer.transport.abort() if writer.transport.is_closing() else writer.close()
