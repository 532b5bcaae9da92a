"""MediaPipe's networks: fetched once, checked at every start, and a word about what to run where they are not right."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path

import pytest

from moodkiosk.failure import Failure, UsageError
from moodkiosk.sense.faces import choose, networks
from moodkiosk.sense.interpreter import Network
from moodkiosk.sense.mood.bundle import unbundle
from moodkiosk.sense.mood.opinion import NETWORK as OPINION
from tests.support.kiosk import Kiosk

ROOT = Path(__file__).parents[3]
HERE = networks.path_of(networks.MESH).parent


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the networks, which comes first where they are looked for."""
    copy = tmp_path / networks.FOLDER
    shutil.copytree(HERE, copy)
    monkeypatch.syspath_prepend(tmp_path)
    return copy


def fetch(folder: Path, *places: Path) -> subprocess.CompletedProcess[str]:
    """Without an index to fetch from."""
    command = [sys.executable, str(ROOT / "scripts" / "fetch_networks.py"), str(folder)]
    command += ["--from", *map(str, places)] if places else []
    nowhere = {"PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": "/dev/null", "PATH": "/usr/bin:/bin"}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=nowhere)


def wheel(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as made:
        for name, data in files.items():
            where = f"mediapipe/{networks.IN_MEDIAPIPE[name]}" if name != "LICENSE" else "mediapipe-0.10.18.dist-info"
            made.writestr(f"{where}/{name}", data)
    return path


def test_an_altered_network_is_named_with_what_to_run(folder: Path) -> None:
    data = bytearray((folder / networks.MESH).read_bytes())
    data[len(data) // 2] ^= 1
    (folder / networks.MESH).write_bytes(data)
    with pytest.raises(Failure) as error:
        choose.make("litert").face_mesh()
    assert str(error.value) == f"{folder / networks.MESH} is not as MediaPipe made it: run scripts/fetch-networks"


@pytest.mark.parametrize("name", list(networks.IN_MEDIAPIPE))
def test_what_a_start_compares_is_of_the_same_bytes_as_what_set_up_and_doctor_compare(name: str) -> None:
    assert networks.what_is_wrong(name) is None
    assert zlib.crc32(networks.path_of(name).read_bytes()) == networks.CRC32[name]


def test_a_missing_network_is_named_with_what_to_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    for name in networks.IN_MEDIAPIPE:
        assert networks.what_is_wrong(name) == f"MediaPipe's network {name} is missing"


def test_the_half_that_sees_ends_with_that_one_line(tmp_path: Path) -> None:
    (tmp_path / networks.FOLDER).mkdir()
    (tmp_path / networks.FOLDER / networks.DETECTOR).write_bytes(b"TFL3")
    (tmp_path / "kiosk").mkdir()
    with Kiosk(tmp_path / "kiosk", broker=None) as kiosk:
        command = [sys.executable, "-m", "moodkiosk", "sense", "--config", str(kiosk.config)]
        environment = {"PYTHONPATH": str(tmp_path), "PATH": "/usr/bin:/bin"}
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, cwd=ROOT, env=environment, timeout=60
        )
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].endswith("is not as MediaPipe made it: run scripts/fetch-networks")
    assert "Traceback" not in done.stderr


def test_networks_are_taken_from_a_good_folder_or_wheel_and_from_no_other(tmp_path: Path) -> None:
    files = {name: (HERE / name).read_bytes() for name in networks.SHA256 if (HERE / name).exists()}
    if "LICENSE" not in files:
        pytest.skip("MediaPipe itself is installed here, and its networks are used")
    bad = wheel(tmp_path / "bad.whl", files | {networks.HAND: b"another"})
    good = wheel(tmp_path / "good.whl", files)
    (tmp_path / "torn.whl").write_bytes(good.read_bytes()[:5000])
    first, second, third = tmp_path / "first", tmp_path / "second", tmp_path / "third"
    done = fetch(first, tmp_path / "torn.whl", bad)
    assert (done.returncode, first.exists()) == (1, False)
    assert done.stderr.splitlines()[-1].endswith("could not be fetched: is the network up?")
    assert fetch(second, tmp_path / "nothing", bad, good).returncode == 0
    assert fetch(third, first, second).returncode == 0
    for name, data in files.items():
        assert (third / name).read_bytes() == data
    assert sorted(path.name for path in third.iterdir()) == sorted(networks.SHA256)


def test_what_is_good_is_left_alone_and_what_is_altered_is_mended(folder: Path) -> None:
    before = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    assert fetch(folder).returncode == 0
    assert {path.name: path.stat().st_mtime_ns for path in folder.iterdir()} == before
    (folder / networks.PALMS).write_bytes(b"")
    assert fetch(folder, HERE).returncode == 0
    assert networks.what_is_wrong(networks.PALMS) is None


def test_an_engine_that_is_not_installed_is_the_operators_mistake(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [])
    with pytest.raises(UsageError, match=r"mediapipe 0\.10\.18 is not installed"):
        choose.make("mediapipe")


def test_bytes_that_are_no_network_are_refused() -> None:
    with pytest.raises(ValueError, match=r"."):
        Network(b"no network")
    with pytest.raises(ValueError, match=r"."):
        Network(Path("/nowhere.tflite"))


def committed() -> list[Path]:
    """Every file of the project, as git has it."""
    if not (ROOT / ".git").exists() or shutil.which("git") is None:
        pytest.skip("needs git, and a checkout")
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [path for name in done.stdout.split("\0") if name and (path := ROOT / name).is_file()]


def is_a_network(path: Path) -> bool:
    """By its content (the identifiers of TensorFlow Lite's and ONNX's files) or by its name."""
    with path.open("rb") as file:
        head = file.read(16)
    ends = {".tflite", ".task", ".binarypb", ".onnx", ".pb", ".h5", ".keras", ".pt", ".pth", ".caffemodel"}
    return head[4:8] == b"TFL3" or path.suffix in ends


def test_no_model_of_others_is_committed() -> None:
    """Each network in git says that it was made here, and in a card or a list how; none is in MediaPipe's wheel."""
    files = committed()
    others = set(networks.SHA256.values())
    assert [path for path in files if hashlib.sha256(path.read_bytes()).hexdigest() in others] == []
    found = [path for path in files if is_a_network(path)]
    models = ROOT / "moodkiosk" / "models"
    assert {path for path in found if path.parent == models} == {models / "opinion.tflite", models / "starter.tflite"}
    for path in found:
        if path.parent == models:
            card = path.with_suffix(".md").read_text(encoding="utf-8")
            assert path.name in card
            assert "scripts/train" in card, "the command that makes it"
        elif path.is_relative_to(ROOT / "tests" / "fuzz" / "found"):
            continue  # of ours, each with its fault
        else:
            assert path.is_relative_to(ROOT / "tests" / "earlier"), "listed in the README.md there"
        if path != OPINION:
            manifest, _ = unbundle(path.read_bytes())
            assert manifest.version, "of the moodkiosk that made it"
