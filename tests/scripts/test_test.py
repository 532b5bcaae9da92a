"""`scripts/test PATH` runs what is named, and asks for no more than that needs."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.conftest import LONG, TESTS, pytest_collection_modifyitems

ROOT = Path(__file__).parents[2]
HEAVY = ("mediapipe", "cv2", "numpy", "tensorflow", "playwright", "spotipy", "starlette", "paho")


def run(test: str, tmp_path: Path, *arguments: str) -> str:
    """What pytest says of a small test file beside the project's own."""
    file = tmp_path / "test_small.py"
    file.write_text(test)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-n0", "-q", "-p", "no:cacheprovider", "-p", "tests.conftest", "--rootdir",
         str(ROOT), "-c", str(ROOT / "pyproject.toml"), *arguments, str(file)],
        cwd=ROOT, capture_output=True, text=True, check=False, env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    return done.stdout


@pytest.mark.slow
def test_a_test_that_needs_nothing_loads_nothing_heavy(tmp_path: Path) -> None:
    said = run(f"import sys\ndef test_it():\n    assert not set({HEAVY!r}) & set(sys.modules)\n", tmp_path)
    assert "1 passed" in said, said


@pytest.mark.slow
@pytest.mark.parametrize(("mark", "name"), [("train", "train"), ("browser", "chromium"), ('needs("strace")', "strace")])
def test_what_a_test_needs_is_looked_for_by_its_mark_and_no_other_is(mark: str, name: str, tmp_path: Path) -> None:
    """With nothing there and nothing allowed, the test that needs it is skipped, and the one beside it runs."""
    test = (
        "import pytest\nfrom tests.support import needs\nasked = []\n"
        "needs.find = lambda name: asked.append(name)\n"
        f"@pytest.mark.{mark}\ndef test_it():\n    raise AssertionError\n"
        f"def test_other():\n    assert set(asked) == {{{name!r}}}\n"
    )
    said = run(test, tmp_path)
    assert "1 passed, 1 skipped" in said, said
    said = run(test.replace(f"== {{{name!r}}}", "== set()"), tmp_path, "-k", "test_other")
    assert "1 passed, 1 deselected" in said, said


def checkout(tmp_path: Path) -> None:
    """The script in a checkout of its own, in which every program it calls only says its name."""
    (tmp_path / "scripts").mkdir()
    for name in ("test", "_need"):
        (tmp_path / "scripts" / name).write_bytes((ROOT / "scripts" / name).read_bytes())
        (tmp_path / "scripts" / name).chmod(0o755)
    (tmp_path / "scripts" / "_setup.sh").write_text(
        'ensure_venv() { echo "venv $1"; }\nensure_debian() { echo "$1"; }\n'
    )
    programs = tmp_path / ".venv" / "bin"
    programs.mkdir(parents=True)
    for name in ("ruff", "mypy", "python"):
        (programs / name).write_text(f'#!/bin/sh\necho {name} "$@"\n')
        (programs / name).chmod(0o755)


def test_only_the_whole_suite_and_lint_run_ruff_and_mypy_and_set_everything_up(tmp_path: Path) -> None:
    checkout(tmp_path)

    def said(*arguments: str) -> list[str]:
        done = subprocess.run([tmp_path / "scripts" / "test", *arguments], capture_output=True, text=True, check=True)
        return [line for line in done.stdout.splitlines() if not line.startswith("==")]

    lint = ["ruff check .", "ruff format --check .", "mypy"]
    named = said("tests/decide", "-k", "hours")
    assert named[0] == "venv .venv"
    assert len(named) == 2
    assert named[1].endswith("tests/decide -k hours")
    assert said("--lint") == ["venv .venv", *lint]
    assert said("--lint", "tests/decide")[1:4] == lint
    *before, tests, types = said()  # mypy runs beside the tests, and has its say after them
    assert [*before[:3], types] == ["venv .venv", *lint]
    assert {"venv .venv-train", "mosquitto", "sshd", "chromium", "ffmpeg", "strace"} <= set(before[3:])
    assert tests.startswith("python -m pytest -n 5 ")
    assert tests.endswith("-m not slow")
    every = said("--all")
    assert every == [*before, tests.removesuffix(" -m not slow").replace("-n 5", "-n 2"), types]


@pytest.mark.parametrize("program", ["ruff", "mypy", "python"])
def test_whichever_fails_the_whole_suite_has_failed_and_the_others_have_their_say(program: str, tmp_path: Path) -> None:
    checkout(tmp_path)
    broken = tmp_path / ".venv" / "bin" / program
    broken.write_text(f"#!/bin/sh\necho {program} is not content\nexit 1\n")
    done = subprocess.run([tmp_path / "scripts" / "test"], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert set(re.findall(r"(?m)^(ruff|mypy|python)\b", done.stdout)) == {"ruff", "mypy", "python"}


def test_the_files_that_take_long_are_there_and_workers_begin_with_them(tmp_path: Path) -> None:
    assert [name for name in LONG if not (TESTS / name).is_file()] == []
    assert len(set(LONG)) == len(LONG)
    short = tmp_path / "test_short.py"
    names = ["decide/test_hours.py", LONG[1], "decide/test_due.py", LONG[0]]

    class Item:
        def __init__(self, path: Path) -> None:
            self.path = path

    items: list[Any] = [Item(path) for path in (short, *(TESTS / name for name in names), short)]
    worker: Any = SimpleNamespace(workerinput={})
    pytest_collection_modifyitems(worker, items)
    order = [TESTS / name for name in (*LONG[:2], "decide/test_due.py", "decide/test_hours.py")]
    assert [item.path for item in items] == [*order[:2], short, short, *order[2:]]
    nobody: Any = SimpleNamespace()
    pytest_collection_modifyitems(nobody, backwards := items[::-1])
    assert backwards == items[::-1], "who runs them one after the other has them as they stand"


def test_ci_runs_everything_and_the_demo_on_a_bare_debian_13() -> None:
    lines = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert {"scripts/test --all", "scripts/test-systemd", "scripts/test-fresh --demo trixie"} <= set(lines)
