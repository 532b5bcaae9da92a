"""The command `moodkiosk`, also as `python -m moodkiosk`."""

import signal
import sys

INTERRUPTED = 130
"""The exit code of what Ctrl-C has ended: 128 and SIGINT's number."""


def main() -> int:
    """Loads the command line and runs it; its exit code. Ctrl-C while it loads ends it at once and without a word."""
    usual = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if usual:  # else it is ignored, as of a job in the background
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from moodkiosk.host import garbage

    with garbage.kept():
        from moodkiosk.cli import main as run

    try:
        if usual:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        return run()
    except KeyboardInterrupt:
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
