"""A process that does nothing but ask to be woken, and tells whenever that came late.

Started beside the window: what both suffer is the machine's doing. Each line on stdout is a JSON
list of the time and the delay; it ends with its stdin.
"""

from __future__ import annotations

import json
import sys
import threading
import time

from tests.responsive.delays import TICK_S, WORTH_S


def main() -> int:
    over = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), over.set()), daemon=True).start()
    last = time.perf_counter()
    while not over.is_set():
        time.sleep(TICK_S)  # what it measures: how late a process that does nothing wakes
        now = time.perf_counter()
        late, last = now - last - TICK_S, now
        if late > WORTH_S:
            sys.stdout.write(json.dumps([now, late]) + "\n")
            sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
