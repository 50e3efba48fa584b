"""Several waits at the same time: starting a broker, a store, a node is mostly waiting."""

import threading
from collections.abc import Callable


def at_once(*acts: Callable[[], None]) -> None:
    """Do them side by side. Raises: the first failure among them."""
    failures: list[BaseException] = []

    def safely(act: Callable[[], None]) -> None:
        try:
            act()
        except BaseException as error:  # noqa: BLE001 (told to the one who waits)
            failures.append(error)

    threads = [threading.Thread(target=safely, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
