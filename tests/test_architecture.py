"""The import rules of the plan: what sees cannot talk, what talks cannot see, what decides does neither."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import moodkiosk

PACKAGE = Path(moodkiosk.__file__).parent
SEES = {"cv2", "mediapipe", "tflite_runtime", "ai_edge_litert", "numpy"}
TALKS = {"spotipy", "paho", "starlette", "uvicorn", "requests"}
TRAINS = {"tensorflow", "keras"}
FORBIDDEN = {
    "sense": TALKS | TRAINS | {"moodkiosk.act", "moodkiosk.decide", "moodkiosk.learn"},
    "act": SEES | TRAINS | {"moodkiosk.sense", "moodkiosk.learn"},
    "decide": SEES | TALKS | TRAINS | {"moodkiosk.sense", "moodkiosk.act", "moodkiosk.learn", "msgspec", "yaml"},
    "learn": TALKS | {"moodkiosk.act", "moodkiosk.decide"},
}
# The modules of the standard library that decide may use: none of them knows the time or reaches the world.
PURE = {"__future__", "collections", "dataclasses", "datetime", "typing", "urllib.parse"}
IMPURE_CALLS = {"open", "print", "input", "exec", "eval", "__import__", "breakpoint"}
CLOCK_METHODS = {"now", "utcnow", "today", "monotonic", "perf_counter", "sleep", "time_ns", "read_text", "write_text"}
HEAVY = sorted((SEES - {"numpy"}) | TALKS | TRAINS)


def imports(source: str) -> Iterator[str]:
    """The modules that a source imports anywhere, those that only the type checker sees left out."""
    waiting: list[ast.AST] = [ast.parse(source)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            waiting += node.orelse
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are written out in full"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        waiting += ast.iter_child_nodes(node)


@cache
def modules() -> dict[str, Path]:
    """Every module of the package, by name."""
    return {
        ".".join((PACKAGE.name, *path.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(".__init__"): path
        for path in sorted(PACKAGE.rglob("*.py"))
    }


@cache
def imported(name: str) -> frozenset[str]:
    """What a module of ours imports: our own modules by their name, others by theirs and by their package's."""
    found = set()
    for target in imports(modules()[name].read_text(encoding="utf-8")):
        ours = next((end for end in (target, target.rpartition(".")[0]) if end in modules()), None)
        found |= {ours} if ours else {target, target.partition(".")[0]}
    return frozenset(found)


def reached(name: str) -> dict[str, str]:
    """All that a module comes to import by way of our own modules, and by way of which."""
    ways, waiting = {name: name}, [name]
    while waiting:
        here = waiting.pop()
        for target in imported(here) if here in modules() else ():
            if target not in ways:
                ways[target] = f"{ways[here]} → {target}"
                waiting.append(target)
    return ways


def rooms(room: str) -> list[str]:
    return [name for name in modules() if name.startswith(f"moodkiosk.{room}.") or name == f"moodkiosk.{room}"]


@pytest.mark.parametrize("room", FORBIDDEN)
def test_no_module_of_a_room_reaches_what_its_room_must_not(room: str) -> None:
    assert rooms(room)
    wrong = [
        way
        for name in rooms(room)
        for target, way in reached(name).items()
        if any(target == bad or target.startswith(f"{bad}.") for bad in FORBIDDEN[room])
    ]
    assert wrong == []


def test_decide_imports_only_what_is_pure_and_the_moods() -> None:
    for name in rooms("decide"):
        for target in imports(modules()[name].read_text(encoding="utf-8")):
            ours = target.startswith(("moodkiosk.decide", "moodkiosk.moods"))
            assert ours or any(f"{target}.".startswith(f"{pure}.") for pure in PURE), f"{name} imports {target}"


def impurities(source: str) -> list[str]:
    """Calls that read a clock, wait, or reach the world."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Name) and node.func.id in IMPURE_CALLS:
            found.append(node.func.id)
        elif isinstance(node.func, ast.Attribute) and node.func.attr in CLOCK_METHODS:
            found.append(node.func.attr)
    return found


def test_no_module_of_decide_reads_a_clock_sleeps_or_opens_files() -> None:
    for name in rooms("decide"):
        assert impurities(modules()[name].read_text(encoding="utf-8")) == [], name


@pytest.mark.parametrize("source", ["datetime.now(UTC)", "x = date.today()", "open('x')", "time.sleep(1)", "print(1)"])
def test_the_check_for_purity_sees_what_it_looks_for(source: str) -> None:
    assert impurities(source)


def test_the_check_of_imports_sees_those_inside_functions_but_not_those_for_the_type_checker() -> None:
    source = (
        "if TYPE_CHECKING:\n    import numpy\nelse:\n    import a\ndef f():\n    from b.c import d\n    import e.f\n"
    )
    assert set(imports(source)) == {"a", "b.c.d", "e.f"}


def test_what_is_reached_includes_what_our_own_modules_import() -> None:
    assert "moodkiosk.config.settings" in reached("moodkiosk.config.fill")
    assert "msgspec" in reached("moodkiosk.config.fill")


def test_only_training_knows_keras() -> None:
    knows = {name for name in modules() if TRAINS & imported(name)}
    assert knows <= {"moodkiosk.learn.train.network"}


def test_nobody_imports_scripts() -> None:
    for name, path in modules().items():
        assert not any(target.startswith("scripts") for target in imports(path.read_text(encoding="utf-8"))), name


def loaded(arguments: list[str]) -> tuple[int, list[str], str]:
    """Runs a command line of ours: its exit code, which heavy libraries it has loaded, and what it said on stderr."""
    program = (
        "import sys, json\n"
        "from moodkiosk.cli import main\n"
        "try: code = main(sys.argv[1:])\n"
        "except SystemExit as end: code = end.code\n"
        f"print(json.dumps([code, sorted(set({HEAVY!r}) & set(sys.modules))]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, text=True, timeout=60, check=False
    )
    code, heavy = json.loads(done.stdout.splitlines()[-1])
    return code, heavy, done.stderr


@pytest.mark.parametrize("command", [[], ["act"], ["sense"], ["status"]])
def test_help_loads_no_heavy_library(command: list[str]) -> None:
    assert loaded([*command, "--help"]) == (0, [], "")


def test_status_loads_no_heavy_library(tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    config.write_text(f"paths:\n  runtime: {tmp_path}\n")
    code, heavy, said = loaded(["status", "--config", str(config)])
    assert (code, heavy) == (1, [])
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize("command", [["run"], ["act"], ["sense"], ["replay", "film.mkv"], ["doctor"], ["status"]])
def test_a_mistake_in_the_configuration_is_one_line_and_loads_no_heavy_library(
    command: list[str], tmp_path: Path
) -> None:
    config = tmp_path / "config.yaml"
    config.write_text("music:\n  speeker: Kitchen\n")
    code, heavy, said = loaded([*command, "--config", str(config)])
    assert (code, heavy) == (2, [])
    assert len(said.splitlines()) == 1
    assert f"{config}:2" in said
