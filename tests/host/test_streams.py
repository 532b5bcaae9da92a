"""Standard streams that are closed, full, or cannot show every letter: nothing dies of it, and nothing gets lost."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from moodkiosk.host.streams import LinePrinter

SAY = """
import sys
from moodkiosk.cli import guarded
def say():
    print("decision  play “Glück” – it is 21 °C …")
    return 0
sys.exit(guarded(say))
"""


def run(code: str, redirect: str = "", **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Runs Python code under a shell's redirections."""
    line = f'exec "$0" -c "$1" {redirect}'
    return subprocess.run(
        ["sh", "-c", line, sys.executable, code], env=os.environ | environment, capture_output=True, check=False
    )


@pytest.mark.parametrize(
    ("encoding", "shown"),
    [
        ("utf-8", "decision  play “Glück” – it is 21 °C …\n".encode()),
        ("ascii", b'decision  play "Gluck" - it is 21  degC ...\n'),
        ("latin-1", 'decision  play "Glück" - it is 21 °C ...\n'.encode("latin-1")),
        ("cp437", 'decision  play "Glück" - it is 21 °C ...\n'.encode("cp437")),
    ],
)
def test_what_an_encoding_lacks_is_written_in_letters_that_look_alike(encoding: str, shown: bytes) -> None:
    done = run(SAY, PYTHONIOENCODING=encoding)
    assert (done.returncode, done.stdout, done.stderr) == (0, shown, b"")


def test_a_full_disk_is_one_line_and_exit_1() -> None:
    done = run(SAY, "> /dev/full")
    assert (done.returncode, done.stderr) == (1, b"moodkiosk: cannot write: No space left on device\n")


@pytest.mark.parametrize("redirect", [">&-", "2>&-", "<&-", ">&- 2>&- <&-", "2> /dev/full"])
def test_a_stream_that_is_closed_or_full_and_not_needed_is_no_fault(redirect: str) -> None:
    done = run(SAY, redirect)
    assert (done.returncode, done.stderr) == (0, b"")


def test_the_next_file_that_is_opened_does_not_become_the_stream_that_was_closed(tmp_path: Path) -> None:
    code = f"""
import os, sys
from moodkiosk.cli import guarded
def work():
    with open({str(tmp_path / "mine")!r}, "w") as mine:
        os.write(2, b"a library complains")
        print("out")
        return mine.fileno()
sys.exit(guarded(work))
"""
    assert run(code, ">&- 2>&-").returncode > 2
    assert (tmp_path / "mine").read_text() == ""


def test_a_log_that_cannot_be_written_is_no_reason_for_a_traceback_nor_to_end() -> None:
    code = """
import logging, sys
from moodkiosk.cli import guarded
from moodkiosk.host import systemd
def work():
    systemd.set_up_logging()
    for _ in range(100):
        logging.getLogger("x").warning("“%s” – %s", "ö", "\\udcf6")
    print("done")
    return 0
sys.exit(guarded(work))
"""
    for redirect, environment in (("2> /dev/full", {}), ("2>&-", {}), ("", {"PYTHONIOENCODING": "ascii"})):
        done = run(code, redirect, **environment)
        assert (done.returncode, done.stdout) == (0, b"done\n"), redirect
        assert b"Traceback" not in done.stderr
    assert b'"o" - ?' in done.stderr


def test_an_exception_on_a_thread_ends_the_process_also_where_it_cannot_be_printed() -> None:
    code = """
import threading, time
from moodkiosk.host import crash, streams
streams.make_safe()
crash.on_any_thread()
threading.Thread(target=lambda: 1 / 0).start()
threading.Event().wait()
"""
    assert run(code, "2> /dev/full").returncode == 1


class Full(io.StringIO):
    """A file on a disk that is full for a while."""

    full = True

    def write(self, text: str) -> int:
        if self.full:
            raise OSError(28, "No space left on device")
        return super().write(text)


def test_a_daemon_leaves_out_lines_while_the_disk_is_full_and_goes_on_after() -> None:
    file = Full()
    printer = LinePrinter(file)
    printer.say("lost")
    assert not printer.gone
    file.full = False
    printer.say("kept")
    assert file.getvalue() == "kept\n"


def test_a_daemon_whose_reader_has_gone_goes_on_in_silence() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w", encoding="utf-8") as stream:
        printer = LinePrinter(stream)
        for _ in range(3):
            printer.say("nobody hears this")
        assert printer.gone
