"""The command line against a running kiosk: readable for people, one JSON object for machines, clear exit codes."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.support.kiosk import Kiosk
from tests.support.wait import until

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@contextmanager
def beside(folder: Path, settings: dict[str, Any]) -> Iterator[Run]:
    """Runs `moodkiosk …` beside a kiosk whose camera sees the actor."""
    with Kiosk(folder, None, {"web": {"enabled": False}} | settings) as kiosk:
        kiosk.start("act")
        sense = kiosk.start("sense")

        def moodkiosk(command: str, *arguments: str) -> subprocess.CompletedProcess[str]:
            call = [sys.executable, "-m", "moodkiosk", command, "--config", str(kiosk.config), *arguments]
            mine = os.environ | {"HOME": str(folder)}  # whoever runs the tests keeps what is theirs
            return subprocess.run(call, cwd=folder, env=mine, capture_output=True, text=True, check=False)

        sense.wait_for(type="reading", faces=1)
        until(lambda: json.loads(moodkiosk("status", "--json").stdout)["mood"], 20)
        yield moodkiosk


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """As a household runs it that has set nothing."""
    with beside(tmp_path_factory.mktemp("kiosk"), {}) as moodkiosk:
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
    said = run("status").stdout
    assert "  camera      watching\n" in said
    assert "  what sees   running" in said  # and on a busy machine that it is slow
    assert not re.search(r"None|True|False|_|\{|T\d\d:", said), "nothing raw"
    found = json.loads(run("status", "--json").stdout)
    assert found["camera_status"] == "on"
    assert found["sense"] == "running"


def test_what_was_decided_and_why_is_one_sentence_each(run: Run) -> None:
    assert any("play" in line for line in run("why").stdout.splitlines())


@pytest.mark.slow
def test_why_says_which_gate_stopped_the_music(run: Run) -> None:
    assert run("music", "off").returncode == 0
    until(lambda: run("why").stdout.splitlines()[-1].endswith("not played: automatic music is off"), 60)
    assert run("music", "on").returncode == 0


def test_music_is_recommended_for_the_taste_that_is_given_and_remembered(run: Run) -> None:
    done = once_seen(run, "recommend", "--language", "German", "--artist", "Nena")
    assert "https://music.youtube.com/search?q=" in done.stdout
    assert "Nena" in done.stdout
    assert done.stdout.startswith("would play “"), "a dry run does not say that it plays"
    assert json.loads(run("status", "--json").stdout)["language"] == "German"


@pytest.mark.slow
def test_a_neutral_look_is_kept_and_forgotten_on_request(run: Run) -> None:
    once_seen(run, "calibrate", "--person", "Ann")
    assert until(lambda: json.loads(run("status", "--json").stdout)["person"], 10) == "Ann"
    nobody = run("forget", "--person", "Nobody We Know")
    assert (nobody.returncode, nobody.stderr) == (1, "moodkiosk: nothing is kept of 'Nobody We Know'; known: Ann\n")
    assert run("forget", "--person", "Ann").returncode == 0
    until(lambda: json.loads(run("status", "--json").stdout)["person"] is None, 10)


def test_a_correction_is_not_kept_without_consent_and_the_line_names_the_switch(run: Run) -> None:
    done = run("correct", "happy")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "moodkiosk remember on" in done.stderr


@pytest.mark.slow
def test_with_consent_a_correction_keeps_the_last_seconds(tmp_path: Path) -> None:
    with beside(tmp_path, {"learning": {"keep_corrections": True}}) as run:
        assert "samples as 'happy'" in once_seen(run, "correct", "happy").stdout
    assert len(list((tmp_path / "state" / "sense" / "corrections").glob("*.npz"))) == 1


def test_a_mood_set_by_hand_holds_until_auto(run: Run) -> None:
    assert run("mood", "sad").returncode == 0
    assert json.loads(run("status", "--json").stdout)["manual_mood"] == "sad"
    assert run("mood", "auto").returncode == 0
    assert json.loads(run("status", "--json").stdout)["manual_mood"] is None


@pytest.mark.slow
def test_volume_takes_a_number_or_a_step(run: Run) -> None:
    for wanted, cap in (("40", 40), ("up", 50), ("up", 60), ("up", 60), ("90", 60), ("down", 50)):
        assert run("volume", wanted).returncode == 0
        assert json.loads(run("status", "--json").stdout)["volume_cap"] == cap
    assert "never louder than 60 %: the configuration allows no more" in run("volume", "90").stdout
    done = run("volume", "loud")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)


def test_a_refusal_is_one_line_and_exit_1(run: Run) -> None:
    done = run("mood", "hungry")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "no such mood; known: " in done.stderr


def test_the_camera_is_closed_and_opened(run: Run) -> None:
    assert run("camera", "off").returncode == 0
    until(lambda: json.loads(run("status", "--json").stdout)["camera_status"] == "off", 10)
    assert run("camera", "on").returncode == 0
    until(lambda: json.loads(run("status", "--json").stdout)["camera_status"] == "on", 10)


@pytest.mark.slow
def test_songs_are_listed_chosen_liked_and_refused(run: Run) -> None:
    once_seen(run, "mood", "sad")
    listed = run("recommend", "--list").stdout.splitlines()
    assert listed[0].startswith(" 1  ")
    assert listed[-1] == "To hear one: moodkiosk choose NUMBER"
    songs = json.loads(run("recommend", "--list", "--genre", "Jazz", "--json").stdout)
    assert 1 < len(songs) <= 10
    assert "Jazz" in songs[0]["title"]
    assert f"“{songs[1]['title']}”" in run("choose", "2").stdout
    liked = json.loads(run("more-like", songs[0]["id"], "--json").stdout)
    assert any(one["own"] for one in liked)
    left = json.loads(run("not-again", songs[0]["id"], "--json").stdout)
    assert songs[0]["id"] not in [one["id"] for one in left]
    assert run("not-again").returncode == 2
    assert run("not-again", "--none").returncode == 0
    gone = run("choose", "77")
    assert (gone.returncode, gone.stdout) == (1, "")
    assert run("mood", "auto").returncode == 0
