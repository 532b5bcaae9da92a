"""Collecting as people do it: a real terminal, real keys, the actor before the camera."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from moodkiosk.learn.data import dataset
from tests.support.control_double import ControlDouble
from tests.support.terminal import TAKES, Terminal, broken_off, take
from tests.support.wait import until

SCRIPT = str(Path(__file__).parents[3] / "scripts" / "collect.py")


def collect(*words: str, seconds: int = 3) -> list[str]:
    return [sys.executable, SCRIPT, *words, "--source", "actor", "--seconds", str(seconds)]


def recordings(folder: Path) -> list[str]:
    return sorted(os.listdir(folder)) if folder.is_dir() else []


@pytest.mark.slow
def test_a_guided_sitting_with_questions_keys_and_a_summary(tmp_path: Path) -> None:
    with Terminal(collect("Happy", "sad"), tmp_path) as terminal:
        terminal.wait_for("Record it as 'happy'? [Y/n]")
        terminal.press("\n")
        terminal.wait_for("Who is in front of the camera?")
        terminal.press("Anna\n")
        assert "collecting for Anna" in terminal.wait_for("label 1 of 2")
        terminal.wait_for("HAPPY")
        shown = take(terminal)
        assert "face found" in shown
        assert any("⠀" < letter <= "⣿" for letter in shown), "the preview is drawn in braille"
        until(lambda: len(recordings(tmp_path / "recordings")) == 1)
        terminal.press("x\x1b[A\x1bOD q")  # keys that mean nothing, then start, and enough
        assert terminal.wait() == 0
        text = terminal.text
    assert "1 recording with" in text
    assert "nothing is kept of: sad" in text
    loaded = dataset.load([tmp_path / "recordings"])
    assert (loaded.labels, set(loaded.person.tolist())) == (("happy",), {"Anna"})
    assert loaded.session[0]


def test_ctrl_c_keeps_what_is_complete_and_nothing_half_written(tmp_path: Path) -> None:
    for seconds in TAKES:
        out = tmp_path / f"{seconds}"
        words = collect("happy", "--person", "", "--out", str(out), seconds=seconds)
        with Terminal(words, tmp_path) as terminal:
            if take(terminal) and broken_off(terminal):
                break
    (name,) = recordings(out)
    assert len(dataset.load([out / name])) >= 10


@pytest.mark.slow
def test_a_lost_connection_ends_the_sitting_and_leaves_nothing_behind(tmp_path: Path) -> None:
    with Terminal(collect("happy", "--person", "", "--out", "out", seconds=600), tmp_path) as terminal:
        terminal.wait_for("view   good")
        terminal.press(" ")
        terminal.wait_for("HAPPY  now")
        terminal.hang_up()
        assert terminal.wait() != 0
    assert recordings(tmp_path / "out") == []


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["a/b"], 2, "cannot be a label"),
        (["Happy"], 2, "'Happy' is spelled 'happy' so far"),
        (["happy", "--seconds", "0"], 2, "--seconds must be from 1 to 600"),
        (["happy", "--out", "/proc/recordings"], 1, "cannot write into /proc/recordings"),
        (["happy", "--source", "nowhere.mkv"], 2, "nowhere.mkv: No such file"),
        (["happy", "--source", __file__], 1, "is not a video that can be read"),
        (["happy", "--host", "-oProxyCommand=x"], 2, "expected one argument"),
        (["happy", "--host", "two words"], 2, "is not a host"),
        (["happy", "--host", ""], 2, "is not a host"),
    ],
)
def test_mistakes_are_one_line(tmp_path: Path, words: list[str], code: int, said: str) -> None:
    command = [sys.executable, SCRIPT, *words]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False, input="")
    assert done.returncode == code
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert "0 recordings" not in done.stdout
    assert not any(file for file in tmp_path.rglob("*") if file.is_file())


@pytest.mark.slow
def test_a_script_learns_from_the_exit_code_that_nothing_was_kept(tmp_path: Path) -> None:
    empty = cv2.VideoWriter(str(tmp_path / "empty.avi"), cv2.VideoWriter.fourcc(*"MJPG"), 5, (320, 240))
    for _ in range(5 * 14):
        empty.write(np.full((240, 320, 3), 128, np.uint8))
    empty.release()
    done = subprocess.run(
        [sys.executable, SCRIPT, "happy", "--quiet", "--seconds", "2", "--source", "empty.avi"],
        cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False, input="",
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    assert "10 are the least: nothing was kept" in done.stdout
    assert "nothing is kept of: happy" in done.stdout
    assert recordings(tmp_path / "recordings") == []


def test_a_kiosk_that_does_not_lend_its_camera_is_a_reason_to_stop(tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    config.write_text(f"paths: {{runtime: {tmp_path}}}")
    with ControlDouble(tmp_path / "control.sock", lambda _name, _value: "the camera does not close") as kiosk:
        done = subprocess.run(
            [sys.executable, SCRIPT, "happy", "--source", "/dev/video97", "--config", str(config)],
            cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False, input="",
        )  # fmt: skip
        assert kiosk.asked.get(timeout=60) == ("camera", "lend")
    assert done.returncode == 1
    assert "the kiosk does not lend its camera: the camera does not close" in done.stderr


@pytest.mark.slow
def test_the_loan_of_the_camera_is_renewed_while_it_is_needed_and_then_no_more(tmp_path: Path) -> None:
    from moodkiosk.learn.collect.lease import RENEW_SECONDS, Lease

    with ControlDouble(tmp_path / "control.sock") as kiosk:
        with Lease(tmp_path / "control.sock") as lease:
            assert lease.lent
            for _ in range(2):
                assert kiosk.asked.get(timeout=10 * RENEW_SECONDS) == ("camera", "lend")
        assert kiosk.asked.empty()


@pytest.mark.slow
def test_a_kiosk_whose_eyes_are_not_running_keeps_nobody_from_the_camera_and_lends_it_when_they_start(
    tmp_path: Path,
) -> None:
    from moodkiosk.learn.collect.lease import RENEW_SECONDS, Lease

    answers: list[str | None] = ["the half that sees is not running", None]
    with ControlDouble(tmp_path / "control.sock", lambda _name, _value: answers.pop(0) if answers else None) as kiosk:
        with Lease(tmp_path / "control.sock") as lease:
            assert (lease.lent, lease.state) == (False, "the half that sees is not running")
            kiosk.asked.get(timeout=60)
            kiosk.asked.get(timeout=RENEW_SECONDS + 5)
            until(lambda: lease.lent)
        assert lease.state == "borrowed from the kiosk"


def test_without_a_kiosk_there_is_nothing_to_borrow(tmp_path: Path) -> None:
    from moodkiosk.learn.collect.lease import Lease

    with Lease(tmp_path / "control.sock") as lease:
        assert not lease.lent
