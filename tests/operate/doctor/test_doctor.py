"""`moodkiosk doctor`: looks at the real world and says what to do."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import cv2
import pytest
import yaml

from moodkiosk.config.settings import CameraSettings, Config, PathSettings
from moodkiosk.host import paths
from moodkiosk.operate.broker import free_port, private_broker
from moodkiosk.operate.doctor import camera, checks, report
from moodkiosk.operate.doctor.finding import Finding, checked, print_table, status_of
from moodkiosk.sense.actor.actor import Role, picture
from moodkiosk.sense.actor.drawn.brush import Pose
from moodkiosk.sense.actor.drawn.looks import EXPRESSIONS, Looks
from moodkiosk.sense.camera.pixels import turned
from moodkiosk.words.language import translated, words
from moodkiosk.words.phrase import knows
from moodkiosk.words.reason import Reason, said


def doctor(tmp_path: Path, settings: dict[str, object]) -> tuple[int, dict[str, dict[str, str]]]:
    file = tmp_path / "config.yaml"
    paths = {"runtime": str(tmp_path / "run"), "state": str(tmp_path / "state")}
    file.write_text(yaml.safe_dump({"camera": {"source": "actor"}, "paths": paths} | settings))
    command = [sys.executable, "-m", "moodkiosk", "doctor", "--config", str(file), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
    findings = [json.loads(line) for line in done.stdout.splitlines()]
    return done.returncode, {finding["name"]: finding for finding in findings}


@pytest.mark.slow
def test_all_is_well_where_everything_needed_is_there(tmp_path: Path) -> None:
    with private_broker() as broker:
        mqtt = {"host": broker.host, "port": broker.port, "protocol": broker.protocol}
        code, found = doctor(tmp_path, {"mqtt": mqtt})
    assert code == 0
    assert {finding["outcome"] for finding in found.values()} <= {"ok", "skipped"}
    assert "mean grey" in found["camera"]["text"]
    assert "happy" in found["model"]["text"]


def test_each_failure_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "bad.tflite").write_bytes(b"no model")
    settings: dict[str, object] = {
        "camera": {"source": "/dev/video99"},
        "mqtt": {"host": "127.0.0.1", "port": free_port()},
        "model": {"file": str(tmp_path / "bad.tflite")},
    }
    code, found = doctor(tmp_path, settings)
    assert code == 1
    failed = {name for name, finding in found.items() if finding["outcome"] == "failed"}
    assert failed == {"camera", "MQTT broker", "model"}
    assert all(found[name]["advice"] for name in failed)


def test_a_folder_that_somebody_else_could_write_into_is_one_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    folder = paths.runtime_dir(PathSettings())
    folder.mkdir()
    folder.chmod(0o777)
    found = checks.state_folder(Config(paths=PathSettings(state=str(tmp_path / "state"))))
    assert (found.outcome, str(folder) in found.text) == ("failed", True)
    assert status_of(Config()) is None


def test_people_read_it_in_their_language_and_programs_in_english(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    lacking = Finding("speaker", "failed", Reason("spotify.do", what="x", do=Reason("spotify.login")), advised=True)
    print_table([checks.speaker(Config()), lacking], "de")
    shown = capsys.readouterr().out
    assert "entfällt  Lautsprecher" in shown
    assert "music.player ist 'dry-run'" in shown
    assert "→ rufe 'moodkiosk login' auf" in shown
    body = lacking.body()
    assert (body["text"], body["advice"]) == ("x", "run 'moodkiosk login'")
    assert (body["text_key"], body["text_fields"]["do"]["key"]) == ("spotify.do", "spotify.login")


def test_on_a_narrow_terminal_what_was_found_stands_below_its_name_and_no_word_is_broken(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    missing = Reason("picam.no_program", program="rpicam-vid")
    print_table([Finding("camera", "failed", missing, Reason("doctor.picam"))], "de")
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].rstrip() == "✘ Fehler  Kamera"
    assert max(map(len, lines)) <= 40
    told = " ".join(" ".join(lines[1:]).split())
    assert told == f"{translated(missing, 'de')} → {translated(Reason('doctor.picam'), 'de')}"


def test_what_is_checked_has_a_name_in_words() -> None:
    for name in checks.CHECKS:
        assert knows(words("de"), checked(name).key), name


def test_no_check_takes_longer_than_its_limit_and_none_ends_the_others() -> None:
    hanging = threading.Event()
    try:
        found = report.within(0.05, "camera", lambda: Finding("camera", "ok", str(hanging.wait())))
    finally:
        hanging.set()
    assert (found.name, found.outcome, found.text) == ("camera", "failed", "gives no answer within 0 s")

    def fail() -> Finding:
        raise ZeroDivisionError("nobody thought of this")

    found = report.within(60, "model", fail)
    assert found.outcome == "failed"
    assert found.text.startswith("cannot be checked: ZeroDivisionError: nobody thought of this")


def test_who_has_the_running_kiosks_camera_is_named() -> None:
    """The kiosk in its sandbox sees no other processes; doctor, run by root, does."""
    with tempfile.NamedTemporaryFile(dir="/dev/shm") as device:
        command = ["sh", "-c", f"exec 3<{device.name}; echo; read _"]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
            assert other.stdout is not None
            assert other.stdin is not None
            other.stdout.readline()  # it has it open
            settings = Config(camera=CameraSettings(source=device.name))
            device.file.close()
            found = camera.used(settings, {"camera_status": f"lost: {device.name} is in use by another program"})
            other.stdin.close()
    assert (found.outcome, found.advice) == ("failed", f"sh (process {other.pid}) has it open: end that")


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("on", "ok"),
        ("scheduled off", "ok"),
        ("starting", "note"),
        ("lost: there is no /dev/video0", "failed"),
        ("lost: the half that sees is not running", "failed"),
    ],
)
def test_what_the_running_kiosk_says_of_its_camera_is_judged(status: str, outcome: str) -> None:
    found = camera.used(Config(), {"camera_status": status})
    assert (found.outcome, status in found.text) == (outcome, True)
    assert bool(found.advice) == (outcome != "ok")


@pytest.mark.parametrize(("hangs", "to_set"), [(0, None), (90, 270), (180, 180), (270, 90)])
@pytest.mark.parametrize("mood", ["happy", "neutral"])
def test_a_camera_that_hangs_upside_down_or_on_its_side_is_pointed_out(
    hangs: int, to_set: int | None, mood: str, tmp_path: Path
) -> None:
    rgb = picture([Role(Looks(), EXPRESSIONS[mood], Pose(320, 240, 190))])
    bgr = cv2.cvtColor(turned(rgb, rotate=hangs, mirrored=False), cv2.COLOR_RGB2BGR)
    film = tmp_path / "film.avi"
    writer = cv2.VideoWriter(str(film), cv2.VideoWriter.fourcc(*"MJPG"), 60, (bgr.shape[1], bgr.shape[0]))
    for _ in range(20):
        writer.write(bgr)
    writer.release()
    paths = PathSettings(runtime=str(tmp_path), state=str(tmp_path))
    found = camera.camera(Config(camera=CameraSettings(source=str(film)), paths=paths))
    assert found.outcome == ("note" if to_set else "ok")
    assert found.advice.endswith(f"set camera.rotate: {to_set}") == (to_set is not None)
    if to_set is not None:
        mended = CameraSettings(source=str(film), rotate=to_set)  # type: ignore[arg-type] # a quarter turn
        assert camera.camera(Config(camera=mended, paths=paths)).outcome == "ok"


def test_a_processor_that_is_too_slow_is_pointed_out_beside_a_camera_that_is_on() -> None:
    slow = "running; the processor is too slow for …: looks take 2.6 s; set …"
    found = camera.used(Config(), {"camera_status": "on", "sense": slow})
    assert found.outcome == "note"
    assert "too slow" in found.text
    slow = Reason("slow.looks", load=Reason("slow.pictures", width=640, height=480), seconds=2.6, advice=["x: 1"])
    around = said({"sense": Reason("act.running_but", detail=slow)}, ("sense",))
    found = camera.used(Config(), {"camera_status": "on", "active_rate_hz": 2.5} | around)
    german = translated(found.text, "de")
    assert "bis zu 2,5 Blicke in der Sekunde; der Prozessor ist zu langsam" in german
    assert "ein Blick dauert 2,6 s" in german
    found = camera.used(Config(), {"camera_status": "on", "sense": "running", "active_rate_hz": 3.4})
    assert found.outcome == "ok"
    assert found.text.endswith("up to 3.4 looks a second")


def test_an_action_without_a_label_is_pointed_out_and_is_no_failure(tmp_path: Path) -> None:
    code, found = doctor(tmp_path, {"mqtt": {"enabled": False}, "music": {"moods": {"suprise": {"play": ["x"]}}}})
    assert code == 0
    assert found["model"]["outcome"] == "note"
    assert "suprise" in found["model"]["advice"]
