"""`moodkiosk run`: both halves on a desk, started and watched over."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from moodkiosk.act import sockets

SUPERVISE = """
from moodkiosk.operate.run import supervise
raise SystemExit(supervise([["act", "--config", "nowhere.yaml"]], 20))
"""


def test_the_halves_do_not_import_what_lies_in_the_folder_where_somebody_is(tmp_path: Path) -> None:
    (tmp_path / "msgspec.py").write_text("raise SystemExit('the wrong msgspec')\n")
    done = subprocess.run(
        [sys.executable, "-P", "-c", SUPERVISE], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (2, "moodkiosk: nowhere.yaml: cannot be read: No such file or directory\n")


def test_beside_a_running_kiosk_a_second_is_not_started(tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    config.write_text(f"paths: {{runtime: {tmp_path}, state: {tmp_path}}}\n")
    running = sockets.listen(tmp_path / "control.sock")
    command = [sys.executable, "-m", "moodkiosk", "run", "--config", str(config)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    finally:
        running.close()
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"moodkiosk: another kiosk is running here: {tmp_path}/control.sock is in use; ")
    assert len(done.stderr.splitlines()) == 1


def test_with_sockets_where_others_could_put_theirs_nothing_is_started(tmp_path: Path) -> None:
    folder = tmp_path / f"moodkiosk-{os.getuid()}"
    folder.mkdir()
    folder.chmod(0o777)
    there = os.environ | {"TMPDIR": str(tmp_path), "XDG_RUNTIME_DIR": ""}
    command = [sys.executable, "-m", "moodkiosk", "run"]
    done = subprocess.run(command, env=there, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"moodkiosk: {folder} is not this user's alone")
    assert list(folder.iterdir()) == []
