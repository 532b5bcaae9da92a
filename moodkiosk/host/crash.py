"""Our own mistakes end the process, on whichever thread: a kiosk with a dead thread would only seem to live."""

from __future__ import annotations

import os
import sys
import threading
import traceback

EXIT_CODE = 1


def on_any_thread() -> None:
    """From now on an exception that leaves a thread is printed and ends the process; systemd starts it again."""
    threading.excepthook = _end


def _end(args: threading.ExceptHookArgs) -> None:
    if args.exc_type is SystemExit:
        return
    name = args.thread.name if args.thread else "?"
    try:
        print(f"a mistake of ours on the thread “{name}”:", file=sys.stderr)
        traceback.print_exception(args.exc_type, args.exc_value, args.exc_traceback)
        sys.stderr.flush()
    finally:
        os._exit(EXIT_CODE)  # sys.exit would end this thread alone
