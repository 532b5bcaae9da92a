"""What scripts/demo and scripts/test do first: an environment is made once, on whatever machine, in whatever shell.

The real scripts/_setup.sh in a small checkout of its own, with a lock of one small package; pip has no index to ask.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from moodkiosk.sense.faces import networks

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]  # the machine may be busy

PROJECT = Path(__file__).resolve().parents[2]
LOCK = "requirements/test.txt"
PROGRAM = f"""#!/usr/bin/env bash
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
. scripts/_setup.sh
ensure_venv .venv {LOCK}
exec .venv/bin/python -c 'import small, sys; print(small.SAYS, *sys.argv[1:])' "$@"
"""

Variables = dict[str, str]
NOTHING: Variables = {}


def wheel(folder: Path, says: str) -> str:
    """A package that says something, and its line for a lock."""
    folder.mkdir(exist_ok=True)
    path = folder / "small-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("small.py", f"SAYS = {says!r}\n")
        made.writestr("small-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: small\nVersion: 1.0\n")
        made.writestr("small-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        made.writestr("small-1.0.dist-info/RECORD", "")
    return f"small==1.0 --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}\n"


class Checkout:
    """A small project with the real set-up.

    Attributes:
        root: its folder.
        environment: of the shell that runs its program.
    """

    def __init__(self, root: Path, wheels: Path) -> None:
        self.root, self.wheels = root, wheels
        (root / "scripts").mkdir(parents=True)
        for name in ("_setup.sh", "_strangers.sh", "fetch_networks.py"):
            shutil.copy(PROJECT / "scripts" / name, root / "scripts" / name)
        (root / "moodkiosk").symlink_to(PROJECT / "moodkiosk")
        (root / "requirements").mkdir()
        given = root / ".venv-given/lib/python3.0/site-packages"
        given.mkdir(parents=True)
        (given / "moodkiosk_networks").symlink_to(networks.path_of(networks.MESH).parent)
        (root / "scripts/program").write_text(PROGRAM, encoding="utf-8")
        (root / "scripts/program").chmod(0o755)
        self.environment = {
            "PATH": os.defpath,
            "HOME": str(root),
            "MOODKIOSK_PYTHON": sys.executable,
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": str(wheels),
            "PIP_CONFIG_FILE": "/dev/null",
        }
        self.lock("once")

    def lock(self, says: str) -> None:
        """Its one package is another one now."""
        (self.root / LOCK).write_text(wheel(self.wheels, says), encoding="utf-8")

    def run(
        self, *words: str, program: Path | None = None, variables: Variables = NOTHING
    ) -> subprocess.CompletedProcess[str]:
        """Runs its program, or another; `variables`: of the shell, beside those that it needs."""
        command: list[str | Path] = [program or self.root / "scripts/program", *words]
        environment = self.environment | variables
        return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)

    def says(self, *words: str, program: Path | None = None, variables: Variables = NOTHING) -> str:
        """What its program prints."""
        done = self.run(*words, program=program, variables=variables)
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def quick(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A Python that copies an environment it has made before, where it is asked for another."""
    folder = tmp_path_factory.mktemp("my python")
    subprocess.run([sys.executable, "-m", "venv", folder / "made"], check=True)
    program = folder / "python3"
    program.write_text(
        f"""#!/bin/sh
[ "$1 $2" = "-m venv" ] || exec {sys.executable} "$@"
exec cp -a "{folder}/made/." "$3"
""",
        encoding="utf-8",
    )
    program.chmod(0o755)
    return str(program)


@pytest.fixture
def checkout(tmp_path: Path, quick: str) -> Checkout:
    made = Checkout(tmp_path / "kiosk", tmp_path / "wheels")
    made.environment["MOODKIOSK_PYTHON"] = quick
    return made


def one_line(done: subprocess.CompletedProcess[str]) -> str:
    """What it ends with: one line, beside the one that it began."""
    assert (done.returncode, done.stdout) == (1, ""), done.stderr
    (line,) = (line for line in done.stderr.splitlines() if not line.startswith("setting up "))
    return line


def test_it_is_set_up_once_in_a_path_with_blanks_and_umlauts_and_then_left_alone(tmp_path: Path) -> None:
    checkout = Checkout(tmp_path / "my kiosk für uns", tmp_path / "wheels")
    first = checkout.run("a b", "c")
    assert (first.returncode, first.stdout) == (0, "once a b c\n"), first.stderr
    assert first.stderr.startswith("setting up .venv from requirements/test.txt")
    again = checkout.run()
    assert (again.stdout, again.stderr) == ("once\n", "")
    command = checkout.run("--version", program=checkout.root / ".venv/bin/moodkiosk")
    assert "moodkiosk/cli.py" in command.stderr, "found by its own Python, which has none of the packages"
    link = tmp_path / "kiosk"
    link.symlink_to(checkout.root / "scripts/program")
    assert checkout.says("x", program=link, variables={"CDPATH": f".:{checkout.root}"}) == "once x\n", (
        "by a link, from elsewhere"
    )


def test_it_is_set_up_anew_when_its_lock_its_place_or_its_python_is_another(checkout: Checkout) -> None:
    assert checkout.says() == "once\n"
    checkout.lock("twice")
    assert checkout.says() == "twice\n"
    checkout.root = checkout.root.rename(checkout.root.with_name("moved"))
    assert "setting up" in checkout.run().stderr
    (library,) = (checkout.root / ".venv/lib").iterdir()
    library.rename(library.with_name("python3.9"))  # as the system's Python is another after an upgrade
    done = checkout.run()
    assert ("setting up" in done.stderr, done.stdout) == (True, "twice\n")


def test_what_was_interrupted_or_is_somebody_elses_is_made_anew(checkout: Checkout) -> None:
    (checkout.root / ".venv/bin").mkdir(parents=True)
    (checkout.root / ".venv/bin/python").symlink_to("/nowhere")
    assert checkout.says() == "once\n"
    (checkout.root / ".venv/.lock").unlink()
    shutil.rmtree(checkout.root / ".venv/lib")
    assert checkout.says() == "once\n"


def test_two_at_once_set_it_up_once(checkout: Checkout) -> None:
    command = [checkout.root / "scripts/program"]
    both = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=checkout.environment)
        for _ in range(2)
    ]
    said = [one.communicate() for one in both]
    assert [out for out, _ in said] == ["once\n"] * 2
    assert sum("setting up" in errors for _, errors in said) == 1


STRANGE = {
    "PYTHONHOME": "/nowhere",
    "PYTHONOPTIMIZE": "2",
    "PYTHONWARNINGS": "error",
    "PYTHONNOUSERSITE": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PIP_USER": "1",
    "PIP_DRY_RUN": "1",
    "PIP_NO_BINARY": ":all:",
    "PIP_PREFIX": "/nowhere",
    "PIP_REQUIRE_VIRTUALENV": "1",
    "PIP_CONSTRAINT": "/nowhere/constraints.txt",
    "HOME": "/proc",
    "LC_ALL": "C",
    "VIRTUAL_ENV": "/nowhere",
}


def test_what_a_strangers_shell_sets_for_other_programs_changes_nothing(checkout: Checkout, tmp_path: Path) -> None:
    (tmp_path / "small.py").write_text("SAYS = 'of somebody else'\n", encoding="ascii")
    config = tmp_path / "pip.conf"
    config.write_text("[global]\nuser = true\n", encoding="ascii")
    here = {"PYTHONPATH": str(tmp_path), "PIP_TARGET": str(tmp_path), "PIP_CONFIG_FILE": str(config)}
    assert checkout.says(variables=here | STRANGE) == "once\n"
    strict: list[str | Path] = ["bash", "-c", 'umask 077; exec "$@"', "bash", checkout.root / "scripts/program"]
    shutil.rmtree(checkout.root / ".venv")
    done = subprocess.run(strict, capture_output=True, text=True, check=False, env=checkout.environment)
    assert done.stdout == "once\n", done.stderr


def test_a_python_that_is_named_and_is_not_there_is_said(checkout: Checkout) -> None:
    line = one_line(checkout.run(variables={"MOODKIOSK_PYTHON": "/my python/python3"}))
    assert line == "MOODKIOSK_PYTHON is /my python/python3: there is no such program"


def test_without_a_network_one_line_asks_for_it(checkout: Checkout) -> None:
    line = one_line(checkout.run(variables={"PIP_FIND_LINKS": ""}))
    assert line == "could not install the packages of requirements/test.txt: is the network up?"
    assert checkout.says() == "once\n", "and once it is there, it is gone on with"


def test_a_proxy_that_is_not_there_is_said(checkout: Checkout) -> None:
    nowhere = {"PIP_INDEX_URL": "https://index.invalid/simple", "PIP_FIND_LINKS": "", "PIP_RETRIES": "1"}
    del checkout.environment["PIP_NO_INDEX"]
    assert "the proxy does not answer" in one_line(
        checkout.run(variables=nowhere | {"https_proxy": "http://127.0.0.1:9"})
    )


def test_a_package_that_was_altered_is_refused_in_pips_own_words(checkout: Checkout) -> None:
    lock = (checkout.root / LOCK).read_text(encoding="utf-8")
    (checkout.root / LOCK).write_text(lock[:-5] + "0000\n", encoding="utf-8")
    assert "DO NOT MATCH THE HASHES" in one_line(checkout.run())


def test_a_system_without_wheels_is_said_before_anything_is_fetched(checkout: Checkout) -> None:
    if shutil.which("setarch") is None:
        pytest.skip("needs setarch")
    done = checkout.run("i686", str(checkout.root / "scripts/program"), program=Path(str(shutil.which("setarch"))))
    assert "needs a 64-bit system (x86-64 or ARM)" in one_line(done)
    assert "this is i686" in done.stderr
    assert not (checkout.root / ".venv").exists()


@pytest.mark.parametrize(
    ("mount", "words"),
    [
        ("-t tmpfs -o size=4m none", "the disk is full: "),
        ("--bind -o ro .", "(Read-only file system): take a checkout of your own, where you may write"),
    ],
    ids=["full", "read-only"],
)
def test_a_disk_that_cannot_be_written_to_is_told_from_a_network_that_is_not_there(
    checkout: Checkout, mount: str, words: str
) -> None:
    """In a mount namespace of its own, on which the checkout lies as well."""
    shell = (
        f'cd "$0" && cp -a . ../copy && mount {mount} "$0" && cp -an ../copy/. "$0" 2>/dev/null; exec scripts/program'
    )
    command: list[str | Path] = ["unshare", "-m", "sh", "-c", f"{shell}", checkout.root]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=checkout.environment)
    if "unshare" in done.stderr or "mount:" in done.stderr:
        pytest.skip("needs the right to mount")
    assert words in one_line(done)
