"""`moodkiosk sense` as a process of its own: what starts it, ends it, and what it says to act and to systemd."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from moodkiosk.link.messages import Hello, SenseHealth
from moodkiosk.moods.reading import Reading
from moodkiosk.sense.faces import networks
from tests.support.act_double import ActDouble
from tests.support.kiosk import Kiosk
from tests.support.wait import until

UNWANTED = {"mediapipe", "matplotlib", "tensorflow", "jax", "jaxlib", "protobuf", "flatbuffers", "tqdm"}
"""What seeing has no use for."""


@pytest.fixture
def kiosk(tmp_path: Path) -> Iterator[Kiosk]:
    with Kiosk(tmp_path, broker=None) as kiosk:
        yield kiosk


def link_of(kiosk: Kiosk) -> Path:
    return kiosk.folder / "run" / "link.sock"


def test_alone_it_sees_and_says_so_and_ends_cleanly(kiosk: Kiosk) -> None:
    sense = kiosk.start("sense")
    first = sense.wait_for(type="reading")
    keys = {"type", "at", "faces", "track", "mood", "confidence", "probabilities", "quality", "neutral", "neutral_from"}
    assert set(first) == keys
    sense.wait_for(type="reading", faces=1)
    assert sense.stop(signal.SIGTERM) == 0
    assert not [line for line in sense.log if "moodkiosk.sense" not in line], "nothing but lines of its own"


@pytest.mark.slow
def test_it_finds_an_act_that_starts_later_and_one_that_comes_back(kiosk: Kiosk) -> None:
    sense = kiosk.start("sense")
    sense.wait_for(type="reading")
    with ActDouble(link_of(kiosk)) as act:
        act.wait_for(Hello)
        act.wait_for(Reading)
    link_of(kiosk).unlink()
    with ActDouble(link_of(kiosk)) as act:
        act.wait_for(Hello)
        act.wait_for(Reading)
    assert sense.stop(signal.SIGINT) == 0


def test_a_camera_that_act_wants_off_is_never_opened(kiosk: Kiosk) -> None:
    with ActDouble(link_of(kiosk), on_hello="off") as act:
        sense = kiosk.start("sense")
        act.wait_for(SenseHealth, where=lambda health: health.camera == "off")
        assert act.order("person").ok
        assert not act.all(Reading)
        assert not any("camera starting" in line for line in sense.log)
        assert sense.stop() == 0
    link_of(kiosk).unlink()
    again = kiosk.start("sense")  # without act, what was said last holds
    with ActDouble(link_of(kiosk)) as act:
        act.wait_for(SenseHealth, where=lambda health: health.camera == "off")
        assert not act.all(Reading)
        assert act.order("camera", "on").ok
        act.wait_for(Reading)
        assert again.stop() == 0


def test_a_damaged_model_does_not_stop_it(tmp_path: Path) -> None:
    file = tmp_path / "mine.tflite"
    file.write_bytes(b"TFL3" * 1000)
    with Kiosk(tmp_path, None, {"model": {"file": str(file)}}) as kiosk:
        with ActDouble(link_of(kiosk)) as act:
            sense = kiosk.start("sense")
            assert "happy" in act.wait_for(Hello).labels
            act.wait_for(SenseHealth, where=lambda health: str(file) in health.detail)
            assert not act.order("reload").ok
            assert any(str(file) in line for line in sense.log)
        assert sense.stop() == 0


def test_systemd_is_told_when_it_is_ready_and_fed_by_frames(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as server, Kiosk(tmp_path, None) as kiosk:
        server.bind(str(tmp_path / "notify"))
        server.settimeout(30)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        monkeypatch.setenv("WATCHDOG_USEC", "4000000")
        sense = kiosk.start("sense")
        heard: list[str] = []

        def hear(text: str) -> bool:
            heard.extend(server.recv(4096).decode().splitlines())
            return text in heard

        until(lambda: hear("READY=1"), 30)
        until(lambda: hear("WATCHDOG=1"), 30)
        assert any(line.startswith("STATUS=camera") for line in heard)
        assert sense.stop() == 0
        until(lambda: hear("STOPPING=1"), 30)


def test_the_process_loads_what_it_needs_and_nothing_heavy_besides(kiosk: Kiosk) -> None:
    """On a Pi, matplotlib, TensorFlow and jax would cost seconds and a hundred megabytes."""
    command = [sys.executable, "-X", "importtime", "-m", "moodkiosk", "sense", "--config", str(kiosk.config), "--json"]
    log = kiosk.folder / "imports"
    with log.open("w") as stderr, subprocess.Popen(command, stdout=subprocess.PIPE, stderr=stderr, text=True) as sense:
        assert sense.stdout is not None
        for line in sense.stdout:
            if json.loads(line)["faces"]:
                break
        mapped = Path(f"/proc/{sense.pid}/maps").read_text(encoding="utf-8")
        sense.terminate()
        sense.stdout.read()
    assert sense.returncode == 0
    lines = [line for line in log.read_text(encoding="utf-8").splitlines() if line.startswith("import time:")]
    imported = {line.rpartition("|")[2].strip().partition(".")[0] for line in lines}
    assert {"moodkiosk", "cv2", "numpy"} <= imported
    assert not imported & UNWANTED
    files = {part for line in mapped.splitlines() for part in line.rpartition(" ")[2].split("/")}
    assert {"moodkiosk_networks", networks.MESH} <= files
    assert not files & UNWANTED


@pytest.mark.parametrize(
    ("config", "arguments", "expected"),
    [
        ("sense:\n  active_rate: 5\n", [], "sense.active_rate: unknown key; did you mean 'active_rate_hz'?"),
        ("camera:\n  source: actor\n", ["--source", "/nowhere/film.mp4"], "/nowhere/film.mp4: No such file"),
        ("camera:\n  source: rtsp://camera/1\n", [], "camera.source is a URL"),
        ("- a list\n", [], "a list"),
    ],
)
def test_the_operators_mistakes_are_one_line_and_exit_2(
    tmp_path: Path, config: str, arguments: list[str], expected: str
) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(config)
    command = [sys.executable, "-m", "moodkiosk", "sense", "--config", str(file), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert expected in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert done.stdout == ""


def test_whoever_reads_the_lines_may_stop_reading(kiosk: Kiosk) -> None:
    command = [sys.executable, "-m", "moodkiosk", "sense", "--config", str(kiosk.config), "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert json.loads(process.stdout.readline())["type"] == "reading"
        process.stdout.close()
        assert process.wait(30) == 1
        assert "Traceback" not in process.stderr.read()
