"""The command line against a running kiosk: readable for people, one JSON object for machines, clear exit codes."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.kiosk import Kiosk
from tests.support.wait import until

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """Runs `moodkiosk …` beside a kiosk whose camera sees the actor."""
    folder = tmp_path_factory.mktemp("kiosk")
    with Kiosk(folder, None, {"web": {"enabled": False}}) as kiosk:
        kiosk.start("act")
        sense = kiosk.start("sense")

        def moodkiosk(command: str, *arguments: str) -> subprocess.CompletedProcess[str]:
            call = [sys.executable, "-m", "moodkiosk", command, "--config", str(kiosk.config), *arguments]
            return subprocess.run(call, capture_output=True, text=True, check=False)

        sense.wait_for(type="reading", faces=1)
        until(lambda: json.loads(moodkiosk("status", "--json").stdout)["mood"], 20)
        yield moodkiosk


def once_seen(run: Run, *command: str) -> subprocess.CompletedProcess[str]:
    """What comes of a command that needs somebody there: the actor is away for some seconds of every scene."""
    done = []

    def tried() -> bool:
        done.append(run(*command))
        return done[-1].returncode == 0

    until(tried, 90, " ".join(command))
    return done[-1]


def test_status_is_a_table_for_people_and_an_object_for_machines(run: Run) -> None:
    lines = dict(line.split(maxsplit=1) for line in run("status").stdout.splitlines() if len(line.split()) > 1)
    assert lines["people"].strip() == "1"
    assert lines["camera"].startswith(("yes", "status"))
    found = json.loads(run("status", "--json").stdout)
    assert found["camera_status"] == "on"
    assert found["sense"] == "running"


def test_what_was_decided_and_why_is_one_sentence_each(run: Run) -> None:
    assert any("play" in line for line in run("why").stdout.splitlines())


def test_music_is_recommended_for_the_taste_that_is_given_and_remembered(run: Run) -> None:
    done = once_seen(run, "recommend", "--language", "German", "--artist", "Nena")
    assert "https://music.youtube.com/search?q=" in done.stdout
    assert "Nena" in done.stdout
    assert json.loads(run("status", "--json").stdout)["language"] == "German"


def test_a_neutral_look_is_kept_and_forgotten_on_request(run: Run) -> None:
    once_seen(run, "calibrate", "--person", "Ann")
    assert until(lambda: json.loads(run("status", "--json").stdout)["person"], 10) == "Ann"
    assert run("forget", "--person", "Ann").returncode == 0
    until(lambda: json.loads(run("status", "--json").stdout)["person"] is None, 10)


def test_a_mood_set_by_hand_holds_until_auto(run: Run) -> None:
    assert run("mood", "sad").returncode == 0
    assert json.loads(run("status", "--json").stdout)["manual_mood"] == "sad"
    assert run("mood", "auto").returncode == 0
    assert json.loads(run("status", "--json").stdout)["manual_mood"] is None


def test_a_refusal_is_one_line_and_exit_1(run: Run) -> None:
    done = run("mood", "hungry")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "no such mood; known: " in done.stderr


def test_the_camera_is_closed_and_opened(run: Run) -> None:
    assert run("camera", "off").returncode == 0
    until(lambda: json.loads(run("status", "--json").stdout)["camera_status"] == "off", 10)
    assert run("camera", "on").returncode == 0
    until(lambda: json.loads(run("status", "--json").stdout)["camera_status"] == "on", 10)


def test_recordings_are_forgotten_without_a_kiosk(tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    config.write_text(f"paths: {{runtime: {tmp_path}/run}}")
    call = [
        sys.executable,
        "-m",
        "moodkiosk",
        "forget",
        "--all",
        "--recordings",
        str(tmp_path),
        "--config",
        str(config),
    ]
    done = subprocess.run(call, capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert "no kiosk is running here: nothing else was deleted" in done.stdout
    assert done.stderr.count("\n") == 1
