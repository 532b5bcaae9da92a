"""`moodkiosk run`: both halves on a desk. On the Pi, systemd does this, each half in a sandbox of its own."""

from __future__ import annotations

import argparse
import contextlib
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Sequence

from moodkiosk.config import load
from moodkiosk.config.languages import reader
from moodkiosk.failure import Failure
from moodkiosk.host import paths, streams
from moodkiosk.link import protocol
from moodkiosk.words.language import FALLBACK, say
from moodkiosk.words.reason import Reason
from moodkiosk.words.system import with_file

STOP_SECONDS = 1.5
"""How long a half may take to end before it is killed."""
RESTART_SECONDS = 1.0
OPERATORS_MISTAKE = 2


def main(args: argparse.Namespace) -> int:
    """Starts act and sense and keeps both running until Ctrl-C."""
    settings = load.load(args.config)  # mistakes are said once, before anything starts
    control = paths.control_socket(settings.paths)
    try:
        taken = protocol.answered(control)
    except OSError as error:
        raise Failure(Reason("cannot.listen", reason=with_file(error))) from None
    if taken:  # its act would be sent a second sense
        raise Failure(Reason("cannot.another_kiosk", path=str(control)))
    options = ["--config", str(args.config)] if args.config else []
    act = ["act", *options, *(["--json"] if args.json else [])]
    return supervise([act, ["sense", *options]], None, reader(settings.kiosk.language))


def supervise(commands: Sequence[Sequence[str]], seconds: float | None, tag: str = FALLBACK) -> int:
    """Runs `moodkiosk COMMAND…` for each of `commands`; one that dies is started again, but not after exit 2.

    Ends all of them at SIGINT, SIGTERM or after `seconds`, within STOP_SECONDS. What there is to say is said in the
    language `tag`. Returns the exit code.
    """
    woken, waker = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
    signal.set_wakeup_fd(waker)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD):
        signal.signal(number, lambda *_: None)
    started = [(command, _start(command)) for command in commands]
    deadline = None if seconds is None else time.monotonic() + seconds
    restarts: dict[int, float] = {}
    code = 0
    while True:
        now = time.monotonic()
        for index, (command, child) in enumerate(started):
            if child.poll() is None:
                continue
            if child.returncode == OPERATORS_MISTAKE:
                code = OPERATORS_MISTAKE
            due = restarts.setdefault(index, now + RESTART_SECONDS)
            if code == 0 and now >= due:
                ended = say(tag, "cannot.ended", name=command[0], code=child.returncode)
                streams.complain(f"moodkiosk: {ended}")
                started[index] = (command, _start(command))
                del restarts[index]
        times = [due for due in (deadline, *restarts.values()) if due is not None]
        ready, _, _ = select.select([woken], [], [], max(0.0, min(times) - now) if times else None)
        asked = ready and {signal.SIGINT, signal.SIGTERM} & set(os.read(woken, 64))
        if code or asked or (deadline is not None and time.monotonic() >= deadline):
            break
    _stop([child for _, child in started])
    return code


def _start(command: Sequence[str]) -> subprocess.Popen[bytes]:
    # -P: what lies in the folder where somebody happens to be is not imported.
    line = [sys.executable, "-P", "-m", "moodkiosk", *command]
    # A group of its own: Ctrl-C on the terminal reaches us alone, and we end the halves in order.
    return subprocess.Popen(line, process_group=0)


def _stop(children: Sequence[subprocess.Popen[bytes]]) -> None:
    deadline = time.monotonic() + STOP_SECONDS
    for child in children:  # act first: it need not report the camera lost when sense goes
        with contextlib.suppress(ProcessLookupError):
            child.terminate()
        try:
            child.wait(max(0.05, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
