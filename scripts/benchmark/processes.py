"""Whole processes: how long they take to start, and what memory they hold."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from scripts.benchmark.turns import ROOT, python_of

PYTHON = sys.executable

BARE = """
import sys
import cv2
import mediapipe as mp
ok, bgr = cv2.VideoCapture(sys.argv[1]).read()
found = mp.solutions.face_mesh.FaceMesh(refine_landmarks=False).process(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB))
assert found.multi_face_landmarks
print("{}", flush=True)
"""


def clip_of(folder: Path) -> Path:
    """A short video of the drawn actor."""
    import cv2

    from moodkiosk.sense.actor.actor import Scene

    path = folder / "actor.avi"
    scene = Scene()
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 15, scene.size)
    for index in range(45):
        writer.write(cv2.cvtColor(scene.picture_at(2.5 + index / 15), cv2.COLOR_RGB2BGR))
    writer.release()
    return path


def sense_start_seconds(clip: Path) -> float:
    """From starting `moodkiosk sense` to its first reading with a face."""
    with tempfile.TemporaryDirectory(prefix="moodkiosk-bench-") as folder:
        config = Path(folder) / "config.yaml"
        config.write_text(json.dumps({"paths": {"runtime": folder, "state": folder}}), encoding="utf-8")
        command = [PYTHON, "-m", "moodkiosk", "sense", "--config", str(config), "--source", str(clip), "--json"]
        return _seconds_to(command, lambda line: bool(json.loads(line)["faces"]))


def bare_start_seconds(clip: Path) -> float:
    """From starting Python to FaceMesh's first result."""
    return _seconds_to([python_of("bare") or PYTHON, "-c", BARE, str(clip)], lambda _: True)


def _seconds_to(command: list[str], wanted: object) -> float:
    start = time.monotonic()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=ROOT) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if wanted(line):  # type: ignore[operator]  # a function of a line
                seconds = time.monotonic() - start
                process.terminate()
                return seconds
    sys.exit(f"{' '.join(command[:4])} … ended without a result")


def lesson() -> dict[str, float]:
    """CPU-seconds of learning what a household has shown, of the longest step of it, and the memory that is added."""
    program = Path(__file__).with_name("lesson.py")
    done = subprocess.run([PYTHON, str(program)], check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def act_rss_mb() -> float:
    """Resident memory of act with Spotify, MQTT and the page on, when it has answered a request."""
    with tempfile.TemporaryDirectory(prefix="moodkiosk-bench-") as folder:
        nobody = f"http://127.0.0.1:{_closed_port()}/"
        settings = {
            "music": {"player": "spotify"},
            "spotify": {
                "client_id": "0" * 32,
                "developer": {"api_url": nobody, "authorize_url": nobody, "token_url": nobody},
            },
            "mqtt": {"host": "127.0.0.1", "port": _closed_port()},
            "web": {"port": 0},
            "paths": {"runtime": folder, "state": folder},
        }
        config = Path(folder) / "config.yaml"
        config.write_text(json.dumps(settings), encoding="utf-8")
        command = [PYTHON, "-m", "moodkiosk", "act", "--config", str(config)]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT) as process:
            try:
                deadline = time.monotonic() + 30
                status = [PYTHON, "-m", "moodkiosk", "status", "--config", str(config), "--json"]
                while subprocess.run(status, capture_output=True, check=False, cwd=ROOT).returncode:
                    if time.monotonic() > deadline or process.poll() is not None:
                        sys.exit("act does not answer")
                pages = int(Path(f"/proc/{process.pid}/statm").read_text(encoding="ascii").split()[1])
                return pages * os.sysconf("SC_PAGESIZE") / 1e6
            finally:
                process.terminate()


def _closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
