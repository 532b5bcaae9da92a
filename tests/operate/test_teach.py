"""`moodkiosk teach` follows the sitting that the running kiosk holds: for people, for programs, and when it is left."""

from __future__ import annotations

import io
import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from moodkiosk.link.messages import Remark, Teaching
from moodkiosk.operate.teach import screen
from moodkiosk.operate.teach.command import Lines, Objects, follow
from moodkiosk.words.reason import Reason
from tests.support.control_double import ControlDouble
from tests.support.kiosk import Kiosk
from tests.support.pupil import Pupil
from tests.support.sense_lines import proof
from tests.support.wait import until

PROOF = proof(
    looks=60,
    moods={"happy": (0.5, 0.9)},
    people={"Ann": (0.4, 0.8)},
    remarks=(Remark("alike", "sad", "neutral", text="'sad' hardly differs from 'neutral'"),),
)
COURSE = (
    Teaching(1.0, "waiting", "happy", 2, 5, view="two people", text=Reason("taught.few_looks", count=3, needed=8)),
    Teaching(2.0, "countdown", "happy", 2, 5, 3.0, 2.5, "seen"),
    Teaching(4.0, "recording", "happy", 2, 5, 5.0, 4.0, "too dark", "move"),
    Teaching(9.0, "fitting", None, 5, 5, view="seen"),
    Teaching(12.0, "shown", None, 5, 5, view="seen", proof=PROOF),
)


def test_lines_say_each_thing_once() -> None:
    said: list[str] = []
    lines = Lines(said.append)
    for teaching in COURSE:
        lines.show(teaching)
        lines.show(teaching)
    assert len(said) == len(set(said))
    text = "\n".join(said)
    for part in (
        "two people",
        "'happy' in 3 s",
        "'happy' now",
        "too dark",
        "learning",
        "90 %",
        "Ann: 40 %",
        "hardly differs",
    ):
        assert part in text


def test_it_is_said_in_the_language_of_who_sits_there() -> None:
    said: list[str] = []
    lines = Lines(said.append, "de")
    for teaching in COURSE:
        lines.show(teaching)
    text = "\n".join(said)
    for part in ("jetzt 'fröhlich', 5 s lang", "zwei Personen", "Ich lese 90 %", "fröhlich: vorher 50 %", "'traurig'"):
        assert part in text
    shown = Console(width=80, file=io.StringIO(), record=True)
    for teaching in COURSE:
        shown.print(screen.picture(teaching, 80, "de"))
    drawn = shown.export_text()
    assert "[k] behalten" in drawn
    assert not re.search(r"\b(the|before|now|keep|camera|you)\b", drawn + text)


@pytest.mark.parametrize("teaching", COURSE, ids=lambda teaching: teaching.phase)
def test_the_screen_fits_into_sixty_columns(teaching: Teaching) -> None:
    console = Console(width=60, record=True, file=io.StringIO())
    console.print(screen.picture(teaching, 60))
    lines = console.export_text().splitlines()
    assert max(map(len, lines)) <= 60
    assert any("[q]" in line or "[k]" in line for line in lines)


def test_objects_are_printed_when_they_are_news(capsys: pytest.CaptureFixture[str]) -> None:
    objects = Objects()
    for teaching in (COURSE[1], Teaching(2.2, "countdown", "happy", 2, 5, 3.0, 2.3, "seen"), COURSE[4]):
        objects.show(teaching)
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(line["type"], line["phase"]) for line in found] == [("teaching", "countdown"), ("teaching", "shown")]
    assert found[1]["proof"]["moods"] == {"happy": [0.5, 0.9]}


@pytest.fixture(scope="module")
def taught(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Kiosk, Pupil]]:
    """A kiosk, and somebody before it who shows what is asked for."""
    folder = tmp_path_factory.mktemp("teach")
    pupil = Pupil(folder)
    with Kiosk(folder, None, pupil.settings | {"web": {"enabled": False}}) as kiosk:
        kiosk.start("act")
        kiosk.start("sense").wait_for(type="reading", faces=1)
        until(lambda: kiosk.ask("status").data["model"], what="act to know the model")  # type: ignore[index]
        yield kiosk, pupil


def teach(kiosk: Kiosk, *arguments: str) -> subprocess.Popen[str]:
    """`moodkiosk teach`, with nobody at the keys."""
    command = [sys.executable, "-m", "moodkiosk", "teach", "--config", str(kiosk.config), *arguments]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdout=pipe, stderr=pipe, stdin=subprocess.DEVNULL, text=True)


def recordings(kiosk: Kiosk) -> list[Path]:
    return list(kiosk.folder.glob("state/sense/taught/*/*.npz"))


@pytest.mark.slow
def test_a_sitting_from_a_terminal_is_learnt_by_the_running_kiosk(taught: tuple[Kiosk, Pupil]) -> None:
    kiosk, pupil = taught
    process = teach(kiosk, "neutral", "sad", "--person", "Ann", "--seconds", "3", "--json")
    until(lambda: pupil.follow(kiosk) is None or process.poll() is not None, 120, "the end")
    out, _ = process.communicate(timeout=60)
    last: dict[str, Any] = json.loads(out.splitlines()[-1])
    assert last["phase"] == "shown"
    assert process.returncode == (0 if last["proof"]["better"] else 1)
    assert sorted(path.name.split("-")[0] for path in recordings(kiosk)) == ["neutral", "sad"]
    assert kiosk.ask("forget", "Ann").ok
    assert recordings(kiosk) == []
    until(lambda: kiosk.ask("status").data["model"] == "starter", what="the starter")  # type: ignore[index]


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP], ids=lambda number: number.name)
def test_whoever_leaves_or_is_cut_off_leaves_nothing(taught: tuple[Kiosk, Pupil], number: signal.Signals) -> None:
    kiosk, pupil = taught
    process = teach(kiosk, "--seconds", "2")
    until(lambda: pupil.follow(kiosk).get("phase") == "recording", 60, "a recording")
    process.send_signal(number)
    process.communicate(timeout=60)
    assert process.returncode == 130
    until(lambda: pupil.follow(kiosk).get("phase") == "over", what="the end of the sitting")
    assert recordings(kiosk) == []


def test_mistakes_are_one_line(tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    config.write_text(f"paths: {{runtime: {tmp_path}, state: {tmp_path}}}\n")
    call = [sys.executable, "-m", "moodkiosk", "teach", "--config", str(config)]
    for arguments, code, said in ((["--seconds", "99"], 2, "--seconds must be from 2 to 20"), ([], 1, "not running")):
        done = subprocess.run(
            [*call, *arguments], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
        )
        assert (done.returncode, done.stderr.count("\n")) == (code, 1)
        assert said in done.stderr


class Answers:
    """Somebody at the keys."""

    def __init__(self, *keys: str) -> None:
        self._keys = [*keys]

    def pressed(self) -> str:
        return self._keys.pop(0) if self._keys else ""

    def show(self, _teaching: Teaching) -> None:
        pass


@pytest.mark.parametrize(
    ("keys", "asked", "learnt"),
    [
        ("k", ["teach_keep"], True),
        ("u", ["teach_undo"], False),
        ("ak", ["teach_again", "teach_keep"], True),
        ("", [], True),
    ],
    ids=["keep", "undo", "again", "nobody answers"],
)
def test_keys_keep_undo_and_show_again(tmp_path: Path, keys: str, asked: list[str], *, learnt: bool) -> None:
    course = [COURSE[4], COURSE[4], replace(COURSE[4], phase="over", text="over")]
    commands: list[str] = []

    def answer(name: str, _value: object) -> None:
        if name == "status":
            kiosk.data = {"teaching": asdict(course.pop(0))}
        else:
            commands.append(name)

    with ControlDouble(tmp_path / "control.sock", answer) as kiosk:
        last = follow(tmp_path / "control.sock", Answers(*keys), by_hand=True, pause=lambda _: None)
    assert commands == asked
    assert (last.proof is not None) == learnt
