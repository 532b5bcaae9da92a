"""`scripts/install-pi`: mistakes are one line, and a tree is filled, upgraded and emptied as promised.

The packages themselves are not fetched here; scripts/test-systemd does that, and runs what was installed.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.small_debian import PROJECT, PYTHON, make_tree, packages_of, what_is_wrong
from tests.support.sshd import Sshd
from tests.support.wait import until

needs_root = pytest.mark.skipif(
    os.geteuid() != 0 or shutil.which("systemd-sysusers") is None or not Path(PYTHON).exists(),
    reason=f"needs root, systemd and {PYTHON}, to fill a tree",
)


def install(*arguments: str | Path, project: Path = PROJECT) -> subprocess.CompletedProcess[str]:
    command = [project / "scripts" / "install-pi", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)


@pytest.fixture
def tree() -> Iterator[Path]:
    """What is looked at of a Debian; in memory, where others' writes are not waited for."""
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        yield make_tree(Path(folder) / "tree")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of what is installed, to change."""
    copy = tmp_path / "checkout"
    for name in ("moodkiosk", "scripts", "systemd", "config", "requirements", "docs"):
        shutil.copytree(PROJECT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    return copy


def versions(tree: Path) -> list[str]:
    return sorted(path.name for path in (tree / "opt/moodkiosk/versions").iterdir())


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--wat"], "unknown option --wat"),
        (["--root"], "--root needs a value"),
        (["--purge"], "--purge goes with --uninstall"),
        (["--host", "pi@kiosk", "--root", "/mnt"], "exclude each other"),
        (["--with-mpd", "--root", "/mnt"], "sets up the machine it runs on"),
        (["--with-mpd", "--uninstall"], "goes with an installation"),
        (["--python", "python3.11"], "give its whole path"),
    ],
)
def test_a_mistake_in_the_arguments_is_one_line(arguments: list[str], words: str) -> None:
    done = install(*arguments)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert words in done.stderr


def test_help_says_what_there_is() -> None:
    done = install("--help")
    assert done.returncode == 0
    assert "--uninstall" in done.stdout
    assert "set -euo" not in done.stdout


@needs_root
def test_a_folder_without_a_system_is_refused(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nowhere"):
        for extra in ([], ["--uninstall"]):
            done = install("--root", folder, *extra)
            assert (done.returncode, done.stderr.count("\n")) == (2, 1)
            assert "no system there" in done.stderr
    assert not list(tmp_path.iterdir()), "something was written all the same"


@needs_root
def test_a_32_bit_system_is_refused(tree: Path) -> None:
    env = bytearray((tree / "usr/bin/env").read_bytes())
    env[4] = 1  # ELFCLASS32, elf(5)
    (tree / "usr/bin/env").write_bytes(env)
    done = install("--root", tree)
    assert (done.returncode, "32-bit" in done.stderr) == (1, True)


@needs_root
@pytest.mark.parametrize("name", ["python3.10", "python3.15"])
def test_without_a_fitting_python_the_line_says_which_would_fit(tree: Path, name: str) -> None:
    (tree / "usr/bin/python3.11").rename(tree / "usr/bin" / name)
    done = install("--root", tree)
    assert (done.returncode, "needs Python 3.11 to 3.14" in done.stderr) == (1, True)
    assert "Checking" in done.stdout


@needs_root
@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("usr/bin/env", "is not Python"),
        ("home/pi/python3.11", "in a home"),
        ("usr/local/bin/python3.12", "there is no such file"),
    ],
)
def test_a_python_that_cannot_do_is_refused(tree: Path, path: str, words: str) -> None:
    (tree / "home/pi").mkdir(parents=True)
    shutil.copy(PYTHON, tree / "home/pi/python3.11")
    done = install("--root", tree, "--python", f"/{path}")
    assert (done.returncode, words in done.stderr) == (2, True), done.stderr


@pytest.mark.slow
@needs_root
def test_a_tree_is_filled_and_again_is_the_same(tree: Path) -> None:
    done = install("--root", tree)
    assert done.returncode == 0, done.stderr
    program = tree / "opt/moodkiosk/current/bin/moodkiosk"
    assert os.access(program, os.X_OK)
    assert program.read_text(encoding="ascii").startswith("#!/opt/moodkiosk/versions/")
    site = tree / "opt/moodkiosk/current/lib/python3.11/site-packages"
    assert list(site.glob("moodkiosk/__pycache__/cli.cpython-311.pyc")), "no bytecode"
    for path in (tree / "opt/moodkiosk", tree / "etc/moodkiosk", site, program):
        assert path.stat().st_mode & 0o005 == 0o005, f"{path} is not for the services"
    assert (tree / "etc/moodkiosk/config.yaml").read_bytes() == (PROJECT / "config/moodkiosk.example.yaml").read_bytes()
    enabled = tree / "etc/systemd/system/multi-user.target.wants/moodkiosk.target"
    assert enabled.is_symlink()
    users = (tree / "etc/passwd").read_text(encoding="ascii")
    assert "moodkiosk-sense:" in users
    assert "moodkiosk-act:" in users
    before = versions(tree)

    (tree / "etc/moodkiosk/config.yaml").write_text("kiosk: {id: mine}\n", encoding="ascii")
    again = install("--root", tree)
    assert again.returncode == 0, again.stderr
    assert versions(tree) == before
    assert (tree / "etc/moodkiosk/config.yaml").read_text(encoding="ascii") == "kiosk: {id: mine}\n"


@pytest.mark.slow
@needs_root
def test_the_version_before_is_kept_and_older_ones_are_not(tree: Path, checkout: Path) -> None:
    seen = []
    for text in ("first", "second", "third"):
        (checkout / "docs/note.md").write_text(text, encoding="ascii")
        done = install("--root", tree, project=checkout)
        assert done.returncode == 0, done.stderr
        seen.append((tree / "opt/moodkiosk/current").resolve().name)
    assert versions(tree) == sorted(seen[1:])
    install("--root", tree, project=checkout)  # again: the previous one is still the previous one
    assert versions(tree) == sorted(seen[1:])


@pytest.mark.slow
@needs_root
def test_an_installation_that_was_interrupted_is_begun_again(tree: Path) -> None:
    install("--root", tree)
    version = tree / "opt/moodkiosk/versions" / versions(tree)[0]
    (version / ".complete").unlink()
    (version / "bin/moodkiosk").unlink()
    assert install("--root", tree).returncode == 0
    assert (version / "bin/moodkiosk").exists()


@pytest.mark.slow
@needs_root
def test_what_was_damaged_after_it_was_installed_is_laid_in_again(tree: Path) -> None:
    """As a power cut may leave it: bytecode of no bytes behind a folder that is called complete."""
    install("--root", tree)
    version = tree / "opt/moodkiosk/versions" / versions(tree)[0]
    for path in version.rglob("*.pyc"):
        path.write_bytes(b"")
    (tree / "etc/systemd/system/moodkiosk-act.service").write_bytes(b"")
    again = install("--root", tree)
    assert again.returncode == 0, again.stderr
    assert what_is_wrong(tree) == []
    (version / "bin/python").unlink()
    (version / "bin/python").symlink_to("/nowhere")
    assert install("--root", tree).returncode == 0
    assert (version / "bin/python").readlink() == Path(PYTHON)
    assert "is there" in install("--root", tree).stdout, "what is whole is left alone"


@needs_root
@pytest.mark.slow
@pytest.mark.parametrize("damage", ["no list", "half a list", "another byte", "a file less"])
def test_packages_that_are_not_whole_are_fetched_again(
    tree: Path, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    packages = packages_of(tree)
    sealed = (packages / ".complete").read_bytes()
    if damage == "no list":
        (packages / ".complete").write_bytes(b"")
    elif damage == "half a list":
        (packages / ".complete").write_bytes(sealed[: len(sealed) // 2])
    elif damage == "another byte":
        (packages / "package.py").write_bytes(b"fetched = trUe\n")
    else:
        (packages / "package.py").unlink()
    monkeypatch.setenv("PIP_NO_INDEX", "1")  # there is nowhere to fetch them from
    done = install("--root", tree)
    assert done.returncode == 1
    assert "Fetching the packages" in done.stdout
    assert not packages.exists(), "half of them are of no use"


@pytest.mark.slow
@needs_root
@pytest.mark.parametrize("then", [[], ["--uninstall"], ["--uninstall", "--purge"]], ids=["install", "remove", "purge"])
def test_what_a_killed_installation_left_behind_goes_with_the_next(tree: Path, then: list[str]) -> None:
    with subprocess.Popen(
        [PROJECT / "scripts/install-pi", "--root", tree], stdout=subprocess.PIPE, process_group=0
    ) as killed:
        until(lambda: list((tree / "opt").glob(".moodkiosk-install.*")), 30, "its working folder")
        busy = install("--root", tree)
        os.killpg(killed.pid, signal.SIGKILL)
    assert (busy.returncode, "another install-pi is at work here" in busy.stderr) == (1, True)
    assert list((tree / "opt").glob(".moodkiosk-install.*"))

    def next_one() -> subprocess.CompletedProcess[str] | None:
        done = install("--root", tree, *then)
        return None if "another install-pi" in done.stderr else done

    # What the killed one had called ends when it gets a turn for that, and holds the lock until then.
    done = until(next_one, 60, "the end of what was killed")
    assert done is not None
    assert done.returncode == 0, done.stderr
    assert not list((tree / "opt").glob(".moodkiosk*"))


@pytest.mark.slow
@needs_root
@pytest.mark.parametrize("part", ["usr/lib/sysusers.d", "etc/systemd/system", "opt", "."])
def test_removing_from_a_disk_that_is_read_only_changes_nothing(tree: Path, part: str) -> None:
    install("--root", tree)
    before = {path: path.lstat().st_ino for path in sorted(tree.rglob("*"))}
    mount = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"'
    script: list[str | Path] = [PROJECT / "scripts/install-pi", "--root", tree, "--uninstall"]
    command: list[str | Path] = ["unshare", "-m", "sh", "-c", mount, tree / part, *script]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if "mount:" in done.stderr or "unshare" in done.stderr:
        pytest.skip("needs the right to mount")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1), done.stderr
    assert "nothing was changed" in done.stderr
    assert {path: path.lstat().st_ino for path in sorted(tree.rglob("*"))} == before


@needs_root
@pytest.mark.slow
def test_a_power_cut_after_done_loses_nothing_and_one_before_is_mended_by_installing_again(tmp_path: Path) -> None:
    """Twice here; fifty times for docs/reliability.md."""
    command: list[str | Path] = ["unshare", "-m", sys.executable, "-m", "tests.support.pulled_plugs", tmp_path, "2"]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    if "mount:" in done.stderr or "unshare" in done.stderr:
        pytest.skip("needs the right to mount")
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == {"cuts": 2, "after_done": 1, "whole": 2}


@needs_root
def test_a_clock_that_is_not_set_is_one_line_and_nothing_is_changed(
    tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A Pi has no clock of its own: without the network it begins somewhere in the past."""
    before = sorted(tree.rglob("*"))
    stub = tmp_path / "bin/date"
    stub.parent.mkdir()
    stub.write_text('#!/bin/sh\nexec /bin/date -d 2001-02-03 "$@"\n', encoding="ascii")
    stub.chmod(0o755)
    monkeypatch.setenv("PATH", f"{stub.parent}:{os.environ['PATH']}")
    done = install("--root", tree)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "the clock says 2001-02-03, which is in the past: connect the network" in done.stderr
    assert sorted(tree.rglob("*")) == before


@needs_root
def test_too_little_room_is_said_before_anything_is_fetched(tree: Path) -> None:
    """A disk of 50 MB: a file system in memory, in a mount namespace of its own."""
    shutil.rmtree(tree / "opt/moodkiosk")
    mount = f'mount -t tmpfs -o size=50m none "{tree}/opt" && exec "$0" "$@"'
    command: list[str | Path] = ["unshare", "-m", "sh", "-c", mount, PROJECT / "scripts/install-pi", "--root", tree]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if "mount" in done.stderr or "unshare" in done.stderr:
        pytest.skip("needs the right to mount")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert re.search(r"700 MB are needed in .*, (49|50) MB are free", done.stderr)


@pytest.mark.slow
@needs_root
def test_without_a_network_it_says_so_and_changes_nothing(tree: Path) -> None:
    shutil.rmtree(tree / "opt/moodkiosk")
    shell = 'ip link set lo up 2>/dev/null; PIP_RETRIES=0 exec "$0" "$@"'
    command: list[str | Path] = ["unshare", "-n", "sh", "-c", shell, PROJECT / "scripts/install-pi", "--root", tree]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if "unshare" in done.stderr:
        pytest.skip("needs the right to make a network namespace")
    assert done.returncode == 1
    assert "is the network up? Nothing was changed" in done.stderr.splitlines()[-1]
    assert not (tree / "opt/moodkiosk/current").exists()
    assert not list((tree / "etc/systemd/system").iterdir())
    assert not list((tree / "opt").glob(".moodkiosk*"))


@pytest.mark.slow
@needs_root
def test_the_rights_do_not_depend_on_who_installs(tree: Path, checkout: Path) -> None:
    """Root's umask is 077 on some systems; the services are other users."""
    command: list[str | Path] = [
        "sh",
        "-c",
        'umask 077; exec "$0" "$@"',
        checkout / "scripts/install-pi",
        "--root",
        tree,
    ]
    subprocess.run(command, check=True, capture_output=True)
    for path in (tree / "opt/moodkiosk").rglob("*"):
        assert path.is_symlink() or path.stat().st_mode & 0o004, f"{path} is not for the services"
    assert (tree / "etc/moodkiosk/config.yaml").stat().st_mode & 0o777 == 0o644
    assert (tree / "etc/moodkiosk").stat().st_mode & 0o777 == 0o755


@pytest.mark.slow
@needs_root
def test_a_tree_may_be_named_from_where_one_stands(tree: Path) -> None:
    command: list[str | Path] = [PROJECT / "scripts/install-pi", "--root", f"{tree.name}/"]
    done = subprocess.run(command, cwd=tree.parent, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (tree / "opt/moodkiosk/current/bin/moodkiosk").exists()


@pytest.mark.slow
@needs_root
def test_removing_keeps_what_is_the_owners_and_purging_keeps_nothing(tree: Path) -> None:
    install("--root", tree)
    subprocess.run(["systemctl", f"--root={tree}", "enable", "--quiet", "moodkiosk-display"], check=True)
    data = tree / "var/lib/moodkiosk/sense/neutral.json"
    data.parent.mkdir(parents=True)
    data.write_text("{}", encoding="ascii")
    assert install("--root", tree, "--uninstall").returncode == 0
    assert data.exists()
    assert (tree / "etc/moodkiosk/config.yaml").exists()
    done = install("--root", tree, "--uninstall", "--purge")
    assert done.returncode == 0, done.stderr
    left = [str(path) for path in tree.rglob("*moodkiosk*")]
    assert left == []
    assert "moodkiosk" not in (tree / "etc/passwd").read_text(encoding="ascii") + (tree / "etc/group").read_text(
        "ascii"
    )


@pytest.mark.slow
@needs_root
def test_somebody_who_is_called_like_the_kiosk_stays_when_it_is_purged(tree: Path) -> None:
    with (tree / "etc/passwd").open("a", encoding="ascii") as passwd:
        passwd.write("moodkiosk:x:1000:1000:the owner:/home/moodkiosk:/bin/bash\n")
    with (tree / "etc/group").open("a", encoding="ascii") as group:
        group.write("moodkiosk:x:1000:\n")
    assert install("--root", tree).returncode == 0
    assert "moodkiosk-act:" in (tree / "etc/passwd").read_text(encoding="ascii")
    done = install("--root", tree, "--uninstall", "--purge")
    assert done.returncode == 0, done.stderr
    for name, line in (("passwd", "moodkiosk:x:1000:1000:"), ("group", "moodkiosk:x:1000:")):
        lines = (tree / "etc" / name).read_text(encoding="ascii").splitlines()
        assert [found.startswith(line) for found in lines if found.startswith("moodkiosk")] == [True]


@pytest.mark.slow
@needs_root
def test_over_ssh_the_same_happens_on_the_other_machine(tree: Path, tmp_path: Path) -> None:
    """A real sshd; the other machine's sudo is played by one that installs into the tree."""
    with Sshd(tmp_path / "ssh") as server:
        sudo = server.homes["kitchen"] / "bin/sudo"
        sudo.write_text(f'#!/bin/sh\necho "there: $#" >&2\nexec "$@" --root {tree}\n', encoding="utf-8")
        sudo.chmod(0o755)
        for extra in ([], ["--no-start"]):
            done = install("--host", "kitchen", "--ssh", server.command, *extra)
            assert done.returncode == 0, done.stderr
            assert f"there: {1 + len(extra)}" in done.stderr
        assert (tree / "opt/moodkiosk/current/bin/moodkiosk").exists()
        assert not list(Path("/tmp").glob("moodkiosk.??????")), "the copy was left behind"
        mistake = install("--host", "kitchen", "--ssh", server.command, "--uninstall", "--wat")
        assert mistake.returncode == 2
        nobody = install("--host", "nowhere", "--ssh", server.command)
        assert (nobody.returncode, "cannot reach nowhere" in nobody.stderr) == (1, True)


LOCK = """\
# comment
first==1.0 \\
    --hash=sha256:aa \\
    --hash=sha256:bb
    # via nobody
old==2.0 ; python_full_version < '3.11.3' \\
    --hash=sha256:cc
new==3.0 ; python_full_version >= '3.12' \\
    --hash=sha256:dd
never==4.0 ; sys_platform == 'never' \\
    --hash=sha256:ee
"""


@pytest.mark.parametrize(("minor", "names"), [("3.11", ["first", "old"]), ("3.12", ["first", "new"])])
def test_a_lock_is_reduced_to_what_one_python_needs(tmp_path: Path, minor: str, names: list[str]) -> None:
    (tmp_path / "lock.txt").write_text(LOCK, encoding="ascii")
    done = subprocess.run(
        [sys.executable, PROJECT / "scripts/_lock_for.py", tmp_path / "lock.txt", minor],
        capture_output=True,
        text=True,
        check=True,
    )
    lines = done.stdout.splitlines()
    assert [line.partition("==")[0] for line in lines if not line.startswith(" ")] == names
    assert ";" not in done.stdout
    assert sum("--hash" in line for line in lines) == 3
