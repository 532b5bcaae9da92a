"""State files survive a power cut at any moment: shown by the order of system calls, and by a thousand kills."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from moodkiosk.host.files import write_atomic

SUPPORT = Path(__file__).parents[1] / "support"


@pytest.mark.needs("strace")
def test_the_content_is_on_the_disk_before_the_name_and_the_name_before_we_go_on(tmp_path: Path) -> None:
    """The order that makes it safe: write → fsync of the file → rename → fsync of the folder."""
    trace = tmp_path / "trace"
    script = "import sys; from pathlib import Path; from moodkiosk.host.files import write_atomic\n"
    script += "write_atomic(Path(sys.argv[1]), b'new content')"
    folder = tmp_path / "state"
    folder.mkdir()
    (folder / "a.json").write_bytes(b"old content")
    calls = "trace=write,fsync,fdatasync,rename,renameat,renameat2,sync_file_range"
    command = ["strace", "-y", "-e", calls, "-o", str(trace), sys.executable, "-c", script, str(folder / "a.json")]
    subprocess.run(command, check=True)

    lines = [line for line in trace.read_text(encoding="utf-8").splitlines() if str(folder) in line]
    order = [re.split(r"[(\d]", line, maxsplit=1)[0] for line in lines]
    assert order == ["write", "fsync", "rename", "fsync"], lines
    temporary = re.search(r"<(.*?)>", lines[0])
    assert temporary is not None
    assert f"<{temporary[1]}>" in lines[1]
    assert lines[2].startswith(f'rename("{temporary[1]}", "{folder}/a.json")')
    assert f"<{folder}>" in lines[3]


@pytest.mark.slow
def test_a_thousand_kills_during_writes_lose_nothing_that_was_written(tmp_path: Path) -> None:
    """In memory where possible: a kill cuts there as anywhere, and nobody waits for a disk."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else tmp_path) as folder:
        command = [sys.executable, str(SUPPORT / "power_cuts.py"), folder, "1000"]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    figures = json.loads(done.stdout)
    assert figures["whole"] == 1000
    assert figures["lost"] == 0
    assert figures["contents"] > 100  # it was really written meanwhile


def test_what_a_cut_left_beside_is_removed_by_a_later_write(tmp_path: Path) -> None:
    old, young, foreign = (
        tmp_path / name for name in (".a.json.abcdefgh", ".a.json.ijklmnop", ".a.json.backup-of-mine")
    )
    for path in (old, young, foreign):
        path.write_bytes(b"half a con")
    for path in (old, foreign):
        os.utime(path, (1, 1))
    write_atomic(tmp_path / "a.json", b"whole")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(("a.json", young.name, foreign.name))
