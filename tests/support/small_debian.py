"""What scripts/install-pi looks at of a Debian, in a folder: programs, users, and packages fetched before."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
PYTHON = "/usr/bin/python3.11"


def make_tree(root: Path) -> Path:
    """Makes it in the folder `root`, which may be there already, and be empty."""
    for folder in ("usr/bin", "usr/lib/systemd", "etc/systemd/system", "var/lib", "opt"):
        (root / folder).mkdir(parents=True)
    shutil.copy("/usr/bin/env", root / "usr/bin/env")
    shutil.copy(PYTHON, root / "usr/bin/python3.11")
    shutil.copy("/usr/bin/env", root / "usr/lib/systemd/systemd")
    (root / "etc/passwd").write_text("root:x:0:0:root:/root:/bin/sh\n", encoding="ascii")
    (root / "etc/group").write_text("root:x:0:\nvideo:x:44:\n", encoding="ascii")
    (root / "etc/shadow").write_text("root:*:19000:0:99999:7:::\n", encoding="ascii")
    (root / "etc/gshadow").write_text("root:*::\nvideo:*::\n", encoding="ascii")
    packages = packages_of(root)
    packages.mkdir(parents=True)
    (packages / "package.py").write_text("fetched = True\n", encoding="ascii")
    seal(packages)
    return root


def packages_of(root: Path) -> Path:
    """Where the packages lie that this project needs."""
    lock = b"".join((PROJECT / f"requirements/{name}.txt").read_bytes() for name in ("device", "networks"))
    return root / "opt/moodkiosk/packages" / hashlib.sha256(lock + b"3.11 x86_64\n").hexdigest()[:12]


def seal(folder: Path) -> None:
    """Lists what is in it, as scripts/install-pi does when a folder is complete."""
    lines = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  ./{path.relative_to(folder)}\n"
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != ".complete"
    ]
    (folder / ".complete").write_text("".join([*lines, "sealed\n"]), encoding="utf-8")


def what_is_wrong(root: Path) -> list[str]:
    """What is not as it was installed, file by file; nothing is taken on trust from the installer."""
    if not (root / "opt/moodkiosk/current").is_symlink():
        return ["opt/moodkiosk/current"]
    version = root / "opt/moodkiosk" / (root / "opt/moodkiosk/current").readlink()
    site = version / "lib/python3.11/site-packages"
    wanted = {site / path.relative_to(PROJECT): path for path in _files(PROJECT / "moodkiosk")}
    for name in ("scripts", "systemd", "config", "docs"):
        wanted |= {version / path.relative_to(PROJECT): path for path in _files(PROJECT / name)}
    units = root / "etc/systemd/system"
    wanted |= {units / path.name: path for path in (PROJECT / "systemd").glob("moodkiosk*.[st][ea]r*")}
    wanted[root / "usr/lib/sysusers.d/moodkiosk.conf"] = PROJECT / "systemd/moodkiosk.sysusers.conf"
    wanted[root / "usr/lib/tmpfiles.d/moodkiosk.conf"] = PROJECT / "systemd/moodkiosk.tmpfiles.conf"
    wanted[root / "etc/moodkiosk/config.yaml"] = PROJECT / "config/moodkiosk.example.yaml"
    wrong = [str(place) for place, path in wanted.items() if not _same(place, path)]
    for path in _files(PROJECT / "moodkiosk"):
        if path.suffix == ".py":
            place = site / path.relative_to(PROJECT)
            compiled = place.parent / "__pycache__" / f"{place.stem}.cpython-311.pyc"
            wrong += [] if compiled.exists() and compiled.stat().st_size > 16 else [str(compiled)]
    for link in (units / "multi-user.target.wants/moodkiosk.target", root / "usr/local/bin/moodkiosk"):
        wrong += [] if link.is_symlink() else [str(link)]
    wrong += [] if "moodkiosk-sense:" in (root / "etc/passwd").read_text(encoding="ascii") else ["etc/passwd"]
    return wrong


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts]


def _same(one: Path, other: Path) -> bool:
    return one.is_file() and one.read_bytes() == other.read_bytes()
