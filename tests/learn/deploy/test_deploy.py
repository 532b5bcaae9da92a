"""A model is carried to kiosks over real SSH; each checks it, swaps it whole, keeps the last three, and can go back."""

from __future__ import annotations

import contextlib
import io
import os
import resource
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

from moodkiosk.failure import Failure
from moodkiosk.host.digest import sha256_hex
from moodkiosk.learn.collect.lease import Lease
from moodkiosk.learn.data import dataset
from moodkiosk.learn.deploy import command as deploying
from moodkiosk.learn.deploy import install
from moodkiosk.sense.mood.bundle import bundle, unbundle
from moodkiosk.sense.teach.store import ModelStore
from moodkiosk.words.language import translated
from tests.support.control_double import ControlDouble
from tests.support.kiosk import Kiosk
from tests.support.sshd import Sshd
from tests.support.wait import until

ROOT = Path(__file__).parents[3]
STARTER = ROOT / "moodkiosk" / "models" / "starter.tflite"
CURRENT = Path("state") / "moodkiosk" / "sense" / "models" / "current.tflite"


@pytest.fixture(scope="module")
def sshd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    with Sshd(tmp_path_factory.mktemp("ssh")) as server:
        yield server


@pytest.fixture
def homes(sshd: Sshd) -> dict[str, Path]:
    """The two kiosks, without any model deployed."""
    for home in sshd.homes.values():
        for file in (home / CURRENT).parent.glob("*"):
            file.unlink()
    return sshd.homes


def model(folder: Path, name: str) -> Path:
    """A good model file; another name, another file."""
    manifest, network = unbundle(STARTER.read_bytes())
    path = folder / f"{name}.tflite"
    path.write_bytes(bundle(network, replace(manifest, version=name)))
    return path


@dataclass(frozen=True)
class Done:
    """How a deployment ended, and what it said."""

    code: int
    said: str


def deploy(sshd: Sshd, *words: object) -> Done:
    """Runs what the script runs, without starting another Python for it."""
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        code = deploying.main([*map(str, words), "--ssh", sshd.command])
    return Done(code, output.getvalue())


@pytest.fixture(autouse=True)
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    """The table is not folded."""
    monkeypatch.setenv("COLUMNS", "250")


def test_two_kiosks_get_the_model_and_one_that_is_away_does_not_stop_them(
    sshd: Sshd, homes: dict[str, Path], tmp_path: Path
) -> None:
    new = model(tmp_path, "new")
    done = deploy(sshd, new, "kitchen", "nowhere", "bedroom")
    assert done.code == 1
    rows = {line.split()[1]: line for line in done.said.splitlines() if line.startswith("│")}
    assert list(rows) == ["kitchen", "nowhere", "bedroom"]
    assert "ok" in rows["kitchen"]
    assert "installed" in rows["kitchen"]
    assert "loads it when it starts" in rows["kitchen"]
    assert "failed" in rows["nowhere"]
    assert "Connection refused" in rows["nowhere"]
    for home in homes.values():
        assert (home / CURRENT).read_bytes() == new.read_bytes()
        assert os.listdir((home / CURRENT).parent) == ["current.tflite"]


def test_several_kiosks_get_the_model_at_the_same_time(sshd: Sshd, homes: dict[str, Path], tmp_path: Path) -> None:
    """Neither end of a pipe opens before the other: each copy waits until the other has begun."""
    new, pipe, meet = model(tmp_path, "new"), tmp_path / "pipe", tmp_path / "meet"
    os.mkfifo(pipe)
    meet.write_text(
        f"""case "$*" in *" kitchen "*) timeout 20 sh -c ': > {pipe}' ;; *) timeout 20 cat {pipe} ;; esac || exit 1
        exec {sshd.command} "$@" """
    )
    assert deploying.main([str(new), "kitchen", "bedroom", "--ssh", f"sh {meet}"]) == 0
    assert [(home / CURRENT).read_bytes() for home in homes.values()] == [new.read_bytes()] * 2


def test_the_running_kiosk_is_told_to_load_it_and_one_that_refuses_keeps_the_old(
    sshd: Sshd, homes: dict[str, Path], tmp_path: Path
) -> None:
    old, new = model(tmp_path, "old"), model(tmp_path, "new")
    assert deploy(sshd, old, "kitchen", "bedroom").code == 0

    def socket_of(name: str) -> Path:
        return homes[name] / "run" / "moodkiosk" / "control.sock"

    with (
        ControlDouble(socket_of("kitchen")) as kitchen,
        ControlDouble(socket_of("bedroom"), lambda _name, _value: "too new for me") as bedroom,
    ):
        done = deploy(sshd, new, "kitchen", "bedroom")
        assert kitchen.asked.get(timeout=60) == ("reload", None)
        assert bedroom.asked.get(timeout=60) == ("reload", None)
    assert done.code == 1
    assert "the kiosk does not take it: too new for me" in done.said
    assert (homes["kitchen"] / CURRENT).read_bytes() == new.read_bytes()
    assert (homes["bedroom"] / CURRENT).read_bytes() == old.read_bytes()
    assert os.listdir((homes["bedroom"] / CURRENT).parent) == ["current.tflite"]


@pytest.mark.slow
def test_rollback_goes_back_and_in_the_end_to_the_starter_model(
    sshd: Sshd, homes: dict[str, Path], tmp_path: Path
) -> None:
    first, second = model(tmp_path, "first"), model(tmp_path, "second")
    for file in (first, second):
        assert deploy(sshd, file, "kitchen").code == 0
    done = deploy(sshd, "--rollback", "kitchen")
    assert done.code == 0
    assert sha256_hex(first.read_bytes())[:12] in done.said
    assert (homes["kitchen"] / CURRENT).read_bytes() == first.read_bytes()
    done = deploy(sshd, "--rollback", "kitchen")
    assert "the starter model" in done.said
    assert not (homes["kitchen"] / CURRENT).exists()
    done = deploy(sshd, "--rollback", "kitchen")
    assert done.code == 1
    assert "nothing to go back to" in done.said


@pytest.mark.slow
def test_a_real_kiosk_loads_it_without_a_restart_learns_from_a_correction_and_lends_its_camera(
    sshd: Sshd, tmp_path: Path
) -> None:
    manifest, network = unbundle(STARTER.read_bytes())
    labels = tuple("glad" if label == "happy" else label for label in manifest.labels)
    new = tmp_path / "own.tflite"
    new.write_bytes(bundle(network, replace(manifest, labels=labels)))
    home = sshd.homes["bedroom"]
    with Kiosk(home, None, {"learning": {"keep_corrections": True}}) as kiosk:
        kiosk.start("act")
        sense = kiosk.start("sense")

        def status() -> dict[str, Any]:
            told: dict[str, Any] = kiosk.ask("status").data  # type: ignore[assignment]  # JSON
            return told

        until(lambda: sense.wait_for(type="reading")["mood"], 60, "somebody to be seen")
        assert deploy(sshd, new, "bedroom", "--config", "config.yaml").code == 0
        until(lambda: "glad" in status()["labels"], 10, "the new labels")
        until(lambda: kiosk.ask("correct", "glad").ok, 30, "a face to label")
        kept = dataset.load([home / "state" / "sense" / "corrections"])
        assert kept.labels == ("glad",)
        assert "deleted 1 recording" in kiosk.ask("forget", "").text
        assert not list((home / "state" / "sense" / "corrections").iterdir())
        with Lease(home / "run" / "control.sock") as lease:
            assert lease.lent
            until(lambda: status()["camera_status"] == "lent", 10, "the camera to be lent")
        until(lambda: status()["camera_status"] == "on", 20, "the loan to lapse")
        assert deploy(sshd, "--rollback", "bedroom", "--config", "config.yaml").code == 0
        until(lambda: "happy" in status()["labels"], 10, "the starter's labels")


def test_a_file_that_is_damaged_on_the_way_changes_nothing(sshd: Sshd, homes: dict[str, Path], tmp_path: Path) -> None:
    new = model(tmp_path, "new")
    data = new.read_bytes()
    line = f"moodkiosk model install - --sha256 {sha256_hex(data)}"
    cut = subprocess.run(
        [*sshd.command.split(), "kitchen", line], input=data[:-100], capture_output=True, timeout=60, check=False
    )
    assert cut.returncode == 1
    assert b"did not arrive whole" in cut.stderr
    foreign = subprocess.run(
        [*sshd.command.split(), "kitchen", "moodkiosk model install -"], input=data[:-100], capture_output=True,
        timeout=60, check=False,
    )  # fmt: skip
    assert foreign.returncode == 1
    assert foreign.stderr.startswith(b"moodkiosk: refused: ")
    assert not (homes["kitchen"] / CURRENT).exists()


def test_what_is_refused_is_told_in_the_reader_s_language() -> None:
    with pytest.raises(Failure) as caught:
        install.check(b"no model")
    assert str(caught.value) == "refused: not a TensorFlow Lite file"
    assert translated(str(caught.value), "de") == "abgelehnt: keine Datei von TensorFlow Lite"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nothing.tflite", "kitchen"], "cannot read nothing.tflite: No such file"),
        (["foreign.tflite", "kitchen"], "not a TensorFlow Lite file"),
        (["good.tflite"], "which kiosk?"),
        (["good.tflite", "-oProxyCommand=x"], "unrecognized arguments"),
        (["good.tflite", "two words"], "is not a host"),
    ],
)
def test_mistakes_are_one_line_before_any_kiosk_is_called(tmp_path: Path, words: list[str], said: str) -> None:
    model(tmp_path, "good")
    (tmp_path / "foreign.tflite").write_bytes(b"not at all")
    command = [sys.executable, str(ROOT / "scripts" / "deploy"), *words, "--ssh", "false"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_kiosk_without_moodkiosk_is_named(sshd: Sshd, homes: dict[str, Path], tmp_path: Path) -> None:  # noqa: ARG001
    done = deploy(sshd, model(tmp_path, "new"), "kitchen", "--kiosk-command", "/opt/elsewhere/moodkiosk")
    assert done.code == 1
    assert "/opt/elsewhere/moodkiosk" in done.said


def test_the_store_keeps_three_and_drops_the_oldest(tmp_path: Path) -> None:
    store = ModelStore(tmp_path / "models" / "current.tflite")
    for number in range(6):
        assert store.put(b"%d" % number)
    assert not store.put(b"5")
    assert [path.read_bytes() for path in store.before] == [b"2", b"3", b"4"]
    assert store.back()
    assert store.put(b"6")
    assert [path.read_bytes() for path in store.before] == [b"2", b"3", b"4"]
    assert [store.back() for _ in range(5)] == [True, True, True, True, False]
    assert list((tmp_path / "models").iterdir()) == []


def put_on_a_full_disk(current: Path) -> None:
    """In a process of its own: the system refuses files over 10 bytes."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))
    try:
        ModelStore(current).put(b"longer than ten bytes")
    except OSError:
        os._exit(42)
    os._exit(0)


def test_a_full_disk_leaves_the_model_that_was_in_use(tmp_path: Path) -> None:
    store = ModelStore(tmp_path / "models" / "current.tflite")
    store.put(b"good")
    child = get_context("spawn").Process(target=put_on_a_full_disk, args=(store.current,))
    child.start()
    child.join(30)
    assert child.exitcode == 42
    assert store.current.read_bytes() == b"good"
    assert store.put(b"next")
    assert store.back()
    assert store.current.read_bytes() == b"good"
    assert store.back()
    assert not store.current.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can play another user")
def test_root_writes_as_the_user_whose_folder_it_is(tmp_path: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:  # pytest's own folders are closed to others
        state = Path(folder) / "sense"
        state.mkdir()
        os.chown(folder, 65534, 65534)
        os.chown(state, 65534, 65534)
        config = Path(folder) / "config.yaml"
        config.write_text(f"paths: {{state: {folder}, runtime: {folder}}}")
        command = [sys.executable, "-m", "moodkiosk", "model", "--config", str(config), "install"]

        def install() -> subprocess.CompletedProcess[str]:
            words = [*command, str(model(tmp_path, "new"))]
            return subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)

        done = install()
        assert (done.returncode, done.stderr) == (0, "")
        assert "loads it when it starts" in done.stdout
        assert {path.stat().st_uid for path in state.rglob("*")} == {65534}
        # What the owner of the folder lays out as a trap leads nowhere that the owner may not write.
        (state / "models" / "current.tflite").unlink()
        (state / "models").rename(state / "away")
        (state / "models").symlink_to("/usr")
        trapped = install()
        assert trapped.returncode == 1
        assert "Permission denied" in trapped.stderr
