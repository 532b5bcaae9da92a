"""Collecting on a kiosk from a desktop over real SSH: one connection, nothing overwritten, nothing lost."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from moodkiosk.failure import Failure
from moodkiosk.learn.collect import remote
from moodkiosk.learn.data import dataset
from moodkiosk.learn.data.outbox import OUTBOX
from moodkiosk.learn.deploy import ssh
from moodkiosk.sense.records import recording
from tests.support import faces
from tests.support.control_double import ControlDouble
from tests.support.sshd import Sshd
from tests.support.terminal import TAKES, Terminal, broken_off, take

SCRIPT = str(Path(__file__).parents[3] / "scripts" / "collect.py")


@pytest.fixture(scope="module")
def sshd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    with Sshd(tmp_path_factory.mktemp("ssh")) as server:
        yield server


@pytest.fixture
def outbox(sshd: Sshd) -> Path:
    """Of the kiosk called kitchen, empty."""
    folder = sshd.homes["kitchen"] / OUTBOX
    folder.mkdir(parents=True, exist_ok=True)
    for file in folder.iterdir():
        file.unlink()
    return folder


def brought(sshd: Sshd, folder: Path) -> list[Path]:
    with remote.connection("kitchen", ssh.program(sshd.command)) as there:
        return remote.bring_back(there, folder)


@pytest.mark.slow
def test_a_sitting_on_the_kiosk_over_one_connection(sshd: Sshd, outbox: Path, tmp_path: Path) -> None:
    before = sshd.sign_ins
    words = ["Happy", "--seconds", "4", "--source", "actor", "--host", "kitchen", "--ssh", sshd.command]
    with Terminal([sys.executable, SCRIPT, *words], tmp_path) as terminal:
        terminal.wait_for("Record it as 'happy'? [Y/n]")  # asked here, where the recordings are
        terminal.press("\n")
        terminal.wait_for("Who is in front of the camera?")
        terminal.press("Anna\n")
        take(terminal)
        terminal.press(" ")
        assert terminal.wait() == 0
        assert "1 recording brought back to recordings" in terminal.text
        assert "scripts/train.py recordings" in terminal.text
    assert sshd.sign_ins == before + 1
    loaded = dataset.load([tmp_path / "recordings"])
    assert (loaded.labels, set(loaded.person.tolist())) == (("happy",), {"Anna"})
    assert list(outbox.iterdir()) == []


@pytest.mark.slow
def test_ctrl_c_over_there_brings_back_what_is_complete(sshd: Sshd, outbox: Path, tmp_path: Path) -> None:
    for seconds in TAKES:
        words = ["happy", "--person", "Anna", "--seconds", f"{seconds}", "--source", "actor", "--out", f"{seconds}"]
        words += ["--host", "kitchen", "--ssh", sshd.command]
        with Terminal([sys.executable, SCRIPT, *words], tmp_path) as terminal:
            take(terminal)
            if broken_off(terminal):
                break
    assert f"1 recording brought back to {seconds}" in terminal.text
    assert dataset.load([tmp_path / f"{seconds}"]).labels == ("happy",)
    assert list(outbox.iterdir()) == []


def test_recordings_left_behind_are_brought_and_nothing_is_overwritten(
    sshd: Sshd, outbox: Path, tmp_path: Path
) -> None:
    path = recording.save(faces.recording("räubern", person="Zoë"), outbox)
    twin = recording.save(faces.recording("sad"), outbox)
    (outbox / ".half.npz.x1").write_bytes(b"left by a power cut")
    (tmp_path / path.name).write_bytes(b"another file of this name")
    (tmp_path / twin.name).write_bytes(twin.read_bytes())
    came = brought(sshd, tmp_path)
    assert [file.name for file in sorted(came)] == sorted([f"{path.stem}-1.npz", twin.name])
    assert (tmp_path / path.name).read_bytes() == b"another file of this name"
    assert dataset.load(came).labels == ("räubern", "sad")
    assert [file.name for file in outbox.iterdir()] == [".half.npz.x1"]
    assert brought(sshd, tmp_path) == []


def test_a_host_may_be_written_as_an_address_with_a_port(sshd: Sshd, outbox: Path, tmp_path: Path) -> None:
    kept = recording.save(faces.recording("happy"), outbox)
    with remote.connection(f"ssh://kitchen:{sshd.port}", ssh.program(sshd.command)) as there:
        assert [file.name for file in remote.bring_back(there, tmp_path)] == [kept.name]


def test_a_mistake_over_there_is_one_line_although_nothing_was_ever_recorded(
    sshd: Sshd, outbox: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    from moodkiosk import cli

    outbox.rmdir()
    words = ["happy", "--host", "kitchen", "--quiet", "--ssh", sshd.command, "--out", str(tmp_path / "out")]
    assert cli.main(["collect", *words, "--config", "/nowhere.yaml"]) == 2
    assert capfd.readouterr().err == "moodkiosk: /nowhere.yaml: cannot be read: No such file or directory\n"


def test_what_came_damaged_stays_on_the_kiosk(sshd: Sshd, outbox: Path, tmp_path: Path) -> None:
    (outbox / "happy-1.npz").write_bytes(b"not whole")
    whole = recording.save(faces.recording("sad"), outbox)
    with pytest.raises(Failure, match=r"it stays on the kiosk in \S+outbox: happy-1.npz is not a recording"):
        brought(sshd, tmp_path)
    assert [file.name for file in outbox.iterdir()] == ["happy-1.npz"]
    assert [file.name for file in tmp_path.iterdir()] == [whole.name]  # one bad file does not keep the others


def collect_there(sshd: Sshd, folder: Path, host: str = "kitchen", command: str = "") -> int:
    from moodkiosk import cli

    words = ["happy", "--host", host, "--quiet", "--ssh", sshd.command, "--out", str(folder)]
    return cli.main(["collect", *words, *(["--kiosk-command", command] if command else [])])


@pytest.mark.slow
def test_the_kiosks_camera_is_borrowed_over_there(
    sshd: Sshd, outbox: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    from moodkiosk import cli

    config = tmp_path / "config.yaml"
    config.write_text(f"paths: {{runtime: {tmp_path}}}")
    words = ["happy", "--host", "kitchen", "--quiet", "--ssh", sshd.command, "--out", str(tmp_path / "out")]
    with ControlDouble(tmp_path / "control.sock") as kiosk:
        assert cli.main(["collect", *words, "--source", "/dev/video97", "--config", str(config)]) == 1
        assert kiosk.asked.get(timeout=60) == ("camera", "lend")
    assert "no pictures: there is no /dev/video97" in capfd.readouterr().err
    assert not list(outbox.iterdir())


def test_a_connection_that_breaks_is_one_line_and_loses_nothing(
    sshd: Sshd, outbox: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    kept = recording.save(faces.recording("happy"), outbox)
    # In the middle of a sitting the server's process for this connection dies.
    breaking = sshd.homes["kitchen"] / "bin" / "breaking"
    breaking.write_text("#!/bin/sh\nkill -9 $PPID\nexec cat\n")
    breaking.chmod(0o755)
    assert collect_there(sshd, tmp_path / "out", command=str(breaking)) == 1
    assert "comes with the next sitting" in capfd.readouterr().err
    assert kept.exists()
    assert [file.name for file in brought(sshd, tmp_path / "out")] == [kept.name]


def test_a_host_that_is_away_or_has_no_moodkiosk_is_one_line(
    sshd: Sshd, outbox: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert not list(outbox.iterdir())
    assert collect_there(sshd, tmp_path, host="nowhere") == 1
    assert "moodkiosk: no connection to nowhere" in capfd.readouterr().err
    assert collect_there(sshd, tmp_path, command="/opt/elsewhere/moodkiosk") == 1
    assert "no moodkiosk on kitchen" in capfd.readouterr().err
