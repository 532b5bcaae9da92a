"""`moodkiosk doctor`: looks at the real world and says what to do."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import yaml

from moodkiosk.broker import free_port, private_broker


def doctor(tmp_path: Path, settings: dict[str, object]) -> tuple[int, dict[str, dict[str, str]]]:
    file = tmp_path / "config.yaml"
    paths = {"runtime": str(tmp_path / "run"), "state": str(tmp_path / "state")}
    file.write_text(yaml.safe_dump({"camera": {"source": "actor"}, "paths": paths} | settings))
    command = [sys.executable, "-m", "moodkiosk", "doctor", "--config", str(file), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
    findings = [json.loads(line) for line in done.stdout.splitlines()]
    return done.returncode, {finding["name"]: finding for finding in findings}


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


def test_an_action_without_a_label_is_pointed_out_and_is_no_failure(tmp_path: Path) -> None:
    code, found = doctor(tmp_path, {"mqtt": {"enabled": False}, "music": {"moods": {"suprise": {"play": ["x"]}}}})
    assert code == 0
    assert found["model"]["outcome"] == "note"
    assert "suprise" in found["model"]["advice"]
