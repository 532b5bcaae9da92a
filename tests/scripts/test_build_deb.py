"""`scripts/build-deb`: mistakes are one line, and the papers in the package come from the program itself.

scripts/test-deb builds packages and tries them on a real systemd.
"""

from __future__ import annotations

import gzip
import os
import shutil
import subprocess
import sys
import tarfile
from io import BytesIO
from pathlib import Path

import pytest

import moodkiosk

PROJECT = Path(__file__).resolve().parents[2]
needs_dpkg = pytest.mark.skipif(shutil.which("dpkg-deb") is None, reason="needs dpkg-deb")
METADATA = "Name: {name}\nVersion: 1.0\n{licence}\n\nWhat it is.\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "--suite is bookworm or trixie"),
        (["--suite", "sid", "--arch", "arm64"], "--suite is bookworm or trixie"),
        (["--suite", "trixie", "--arch", "armhf"], "--arch is amd64 or arm64"),
        (["--suite"], "--suite needs a value"),
        (["--suite", "trixie", "--arch", "arm64", "--most", "a lot"], "--most is a number of megabytes"),
        (["--wat"], "unknown option --wat"),
    ],
)
def test_a_mistake_in_the_arguments_is_one_line(arguments: list[str], words: str) -> None:
    command: list[str | Path] = [PROJECT / "scripts/build-deb", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert words in done.stderr


def papers(tree: Path, licence: str = "License-Expression: MIT") -> subprocess.CompletedProcess[str]:
    """The papers of a package that comes with one other."""
    site = tree / "site"
    info = site / "other-1.0.dist-info"
    (info / "licenses").mkdir(parents=True)
    (info / "METADATA").write_text(METADATA.format(name="other", licence=licence), encoding="utf-8")
    (info / "licenses/LICENSE.md").write_text("Copyright somebody. Do with it what you like.\n", encoding="utf-8")
    (site / "moodkiosk_networks").mkdir()
    (site / "moodkiosk_networks/LICENSE").write_text("The terms of the networks.\n", encoding="utf-8")
    command: list[str | Path] = [sys.executable, PROJECT / "scripts/_package_papers.py", tree, site, "1.2.3", "trixie"]
    environment = os.environ | {"SOURCE_DATE_EPOCH": "1793491200"}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


def test_the_licence_of_everything_that_comes_with_it_is_there_whole(tmp_path: Path) -> None:
    assert papers(tmp_path).returncode == 0
    text = (tmp_path / "usr/share/doc/moodkiosk/copyright").read_text(encoding="utf-8")
    for words in ("other 1.0\n\nLicense: MIT\n\nCopyright somebody.", "The terms of the networks.", "Apache-2.0"):
        assert words in text


def test_what_does_not_say_its_licence_is_not_passed_on(tmp_path: Path) -> None:
    done = papers(tmp_path, licence="Summary: none")
    assert done.returncode == 1
    assert done.stderr == "other does not say under which licence it is\n"


def test_the_manual_has_every_command_and_is_what_man_understands(tmp_path: Path) -> None:
    assert papers(tmp_path).returncode == 0
    page = gzip.decompress((tmp_path / "usr/share/man/man1/moodkiosk.1.gz").read_bytes()).decode()
    assert page.startswith('.TH MOODKIOSK 1 "2026-11-01" "moodkiosk 1.2.3"')
    for name in ("doctor", "login", "model rollback"):
        assert f".SS moodkiosk {name}\n" in page
    assert ".B \\-\\-privacy\ncheck the promise" in page
    if shutil.which("groff"):
        check = ["groff", "-man", "-Tutf8", "-ww", "-z"]
        done = subprocess.run(check, input=page, capture_output=True, text=True, check=False)
        assert done.stderr == ""


def test_bash_completes_what_is_typed(tmp_path: Path) -> None:
    assert papers(tmp_path).returncode == 0
    script = 'source "$1"; COMP_WORDS=(moodkiosk camera ""); COMP_CWORD=2; _moodkiosk; echo "${COMPREPLY[@]}"'
    command: list[str | Path] = [
        "bash",
        "-c",
        script,
        "bash",
        tmp_path / "usr/share/bash-completion/completions/moodkiosk",
    ]
    offered = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    assert {"on", "off", "lend"} <= set(offered)


def fetched(folder: Path) -> Path:
    """What the kiosk stands on, as it were: a package with its licence, one that is left out, and the networks."""
    info = folder / "other-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(METADATA.format(name="other", licence="License-Expression: MIT"), encoding="utf-8")
    (folder / "moodkiosk_networks").mkdir()
    (folder / "moodkiosk_networks/LICENSE").write_text("The terms of the networks.\n", encoding="utf-8")
    (folder / "ai_edge_litert/vendors/some").mkdir(parents=True)
    (folder / "ai_edge_litert/libLiteRtWebGpuAccelerator.so").write_bytes(b"for no kiosk")
    (folder / "ai_edge_litert/vendors/some/dispatch.so").write_bytes(b"for no kiosk")
    return folder


def build(tmp_path: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command: list[str | Path] = [PROJECT / "scripts/build-deb", *arguments, "--out", tmp_path / "out"]
    command += ["--packages", tmp_path / "packages"]
    environment = os.environ | {"DPKG_DEB_COMPRESSOR_TYPE": "none"}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


@pytest.fixture(scope="module", params=[("bookworm", "amd64", "3.11", "12"), ("trixie", "arm64", "3.13", "13")])
def package(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Every file and field of a package, and what it was made for."""
    if shutil.which("dpkg-deb") is None:
        pytest.skip("needs dpkg-deb")
    suite, arch, python, debian = request.param
    tmp_path = tmp_path_factory.mktemp("deb")
    fetched(tmp_path / "packages")
    done = build(tmp_path, "--suite", suite, "--arch", arch)
    assert done.returncode == 0, done.stderr
    (deb,) = (tmp_path / "out").iterdir()
    assert deb.name == f"moodkiosk_{moodkiosk.__version__}+deb{debian}_{arch}.deb"
    found = {"python": python.encode(), "arch": arch.encode()}
    for part in ("--fsys-tarfile", "--ctrl-tarfile"):
        tar = subprocess.run(["dpkg-deb", part, deb], capture_output=True, check=True).stdout
        with tarfile.open(fileobj=BytesIO(tar)) as archive:
            for member in archive:
                assert (member.uid, member.gid) == (0, 0)
                assert member.issym() or not member.mode & 0o022, f"anybody may write {member.name}"
                content = archive.extractfile(member) if member.isfile() else None
                found[member.name.removeprefix("./")] = member.linkname.encode() if content is None else content.read()
    return found


def test_everything_lies_where_a_debian_looks_for_it(package: dict[str, bytes]) -> None:
    site = f"usr/lib/moodkiosk/lib/python{package['python'].decode()}/site-packages"
    for path in (
        *(
            "usr/bin/moodkiosk",
            "usr/sbin/moodkiosk-mpd",
            "usr/share/man/man1/moodkiosk.1.gz",
            "etc/moodkiosk/config.yaml",
        ),
        *(f"{site}/moodkiosk/{name}" for name in ("cli.py", "models/starter.tflite", "models/opinion.tflite")),
        *(f"usr/lib/systemd/system/moodkiosk{name}" for name in (".target", "-act.service", "-sense.service")),
        *(
            "usr/lib/sysusers.d/moodkiosk.conf",
            "usr/lib/tmpfiles.d/moodkiosk.conf",
            f"{site}/moodkiosk_networks/LICENSE",
        ),
        *("usr/share/bash-completion/completions/moodkiosk", "usr/share/zsh/vendor-completions/_moodkiosk"),
        *(f"usr/share/doc/moodkiosk/{name}" for name in ("copyright", "changelog.gz", "pi.md")),
    ):
        assert package.get(path), path
    assert not [path for path in package if path.endswith(".so") or "__pycache__" in path or path.startswith("opt")]
    assert package["conffiles"] == b"/etc/moodkiosk/config.yaml\n"
    for path, text in package.items():
        if path.startswith("usr/lib/systemd") and text:
            assert b"/opt/" not in text, path
    assert b"ExecStart=/usr/bin/moodkiosk sense" in package["usr/lib/systemd/system/moodkiosk-sense.service"]


def test_it_depends_on_the_python_of_its_suite_and_recommends_a_broker(
    package: dict[str, bytes],
) -> None:
    fields = dict(line.split(": ", 1) for line in package["control"].decode().splitlines() if ": " in line)
    minor = int(package["python"].decode().partition(".")[2])
    assert fields["Depends"].startswith(f"python3 (>= 3.{minor}), python3 (<< 3.{minor + 1}), ")
    assert (fields["Recommends"], fields["Architecture"]) == ("mosquitto", package["arch"].decode())
    assert {"raspotify", "mpd"} <= set(fields["Suggests"].split(", "))


@needs_dpkg
def test_a_package_that_has_become_too_large_is_refused_and_not_left_behind(tmp_path: Path) -> None:
    with (fetched(tmp_path / "packages") / "large.bin").open("wb") as file:
        file.truncate(90 << 20)
    done = build(tmp_path, "--suite", "trixie", "--arch", "arm64")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1), done.stderr
    assert "MB, and may have 90: what has become so large?" in done.stderr
    assert not list(tmp_path.glob("out/*"))
