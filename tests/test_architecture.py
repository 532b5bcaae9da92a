"""The rules of the house: its floors, no circle, no crowded room; what sees cannot talk, what talks cannot see."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

import moodkiosk

PACKAGE = Path(moodkiosk.__file__).parent
SEES = {"cv2", "mediapipe", "tflite_runtime", "ai_edge_litert", "numpy"}
TALKS = {"spotipy", "paho", "starlette", "uvicorn", "requests"}
TRAINS = {"tensorflow", "keras"}
FLOORS = (
    {"__main__"},
    {"cli"},
    {"operate"},
    {"learn"},
    {"sense", "act"},
    {"config"},
    {"decide", "link"},
    {"moods", "failure", "host", "words"},
)
"""From the top: a room imports only from floors below its own. Who shares a floor does not know the other."""
SIDES = {
    "sense": TALKS | TRAINS,
    "act": SEES | TRAINS,
    "decide": SEES | TALKS | TRAINS | {"msgspec", "yaml"},
    "learn": TALKS | {"moodkiosk.act"},
}
"""What a room must not come to import by any way, beside what stands above it."""
SETTINGS_ONLY = {
    f"moodkiosk.decide{name}" for name in ("", ".settings", ".limits", ".hours", ".music", ".music.contexts")
}
"""Of decide, the rooms that do not decide come to know the settings, and what reads what people write in them."""
ENTRIES_AT_THE_TOP, MODULES_IN_A_ROOM = 15, 16
# The modules of the standard library that decide may use: none of them knows the time or reaches the world.
PURE = {
    "__future__",
    "collections",
    "dataclasses",
    "datetime",
    "functools",
    "hashlib",
    "itertools",
    "math",
    "re",
    "typing",
} | {"urllib.parse"}
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


def room_of(name: str) -> str:
    """The entry at the top that a module of ours stands in; "" for the package itself."""
    return name.split(".")[1] if "." in name else ""


def rooms(room: str) -> list[str]:
    return [name for name in modules() if room_of(name) == room]


def floor_of(room: str) -> int:
    """Counted from below."""
    return next(len(FLOORS) - index for index, floor in enumerate(FLOORS) if room in floor)


def circles(arrows: Mapping[str, frozenset[str]]) -> list[list[str]]:
    """The modules that import each other in a circle: what is left when those without an open arrow are taken away."""
    left = {name: set(targets) & set(arrows) - {name} for name, targets in arrows.items()}
    while bare := {name for name, targets in left.items() if not targets}:
        left = {name: targets - bare for name, targets in left.items() if name not in bare}
    return [[name, *sorted(targets)] for name, targets in left.items()]


def test_every_room_has_its_floor_and_every_floor_its_rooms() -> None:
    there = {room_of(name) for name in modules()} - {""}
    assert there == set().union(*FLOORS)


def test_no_arrow_leads_to_the_same_floor_or_up() -> None:
    wrong = [
        f"{name} → {target}"
        for name in modules()
        for target in imported(name)
        if room_of(name) and target.startswith("moodkiosk.") and room_of(target) != room_of(name)
        if floor_of(room_of(target)) >= floor_of(room_of(name))
    ]
    assert wrong == []


def test_nothing_imports_in_a_circle() -> None:
    """The packages' own files count too: Python runs them on the way to what is in them."""
    arrows = {}
    for name in modules():
        parents = {".".join(target.split(".")[:depth]) for target in imported(name) for depth in range(1, 6)}
        arrows[name] = imported(name) | (parents & set(modules()))
    assert circles(arrows) == []


def test_the_search_for_circles_finds_one() -> None:
    assert circles({"a": frozenset({"b"}), "b": frozenset({"c"}), "c": frozenset({"b"}), "d": frozenset()}) != []


def test_packages_say_what_is_in_them_and_do_nothing() -> None:
    for path in PACKAGE.rglob("*/__init__.py"):
        body = ast.parse(path.read_text(encoding="utf-8")).body
        assert len(body) == 1, path
        assert isinstance(body[0], ast.Expr), path


def test_the_docstring_of_a_package_names_every_room_in_it() -> None:
    for path in PACKAGE.rglob("*/__init__.py"):
        inside = {file.stem for file in path.parent.glob("*.py")} | {
            file.parent.name for file in path.parent.glob("*/__init__.py")
        }
        named = set(re.findall(r"`(\w+)`", path.read_text(encoding="utf-8")))
        assert inside - {"__init__"} <= named, f"{path}: say what {inside - {'__init__'} - named} are for"


def test_no_room_is_crowded() -> None:
    ours = [path for path in PACKAGE.iterdir() if path.name != "__pycache__"]
    assert len(ours) <= ENTRIES_AT_THE_TOP, sorted(path.name for path in ours)
    for folder in {path.parent for path in modules().values()} - {PACKAGE}:
        assert len(list(folder.glob("*.py"))) <= MODULES_IN_A_ROOM, folder


@pytest.mark.parametrize("room", SIDES)
def test_no_module_of_a_room_reaches_what_its_room_must_not(room: str) -> None:
    assert rooms(room)
    wrong = [
        way
        for name in rooms(room)
        for target, way in reached(name).items()
        if any(target == bad or target.startswith(f"{bad}.") for bad in SIDES[room])
    ]
    assert wrong == []


@pytest.mark.parametrize("room", ["sense", "learn"])
def test_who_does_not_decide_knows_no_more_of_decide_than_its_settings(room: str) -> None:
    for name in rooms(room):
        known = {target for target in reached(name) if room_of(target) == "decide"}
        assert known <= SETTINGS_ONLY, name


def test_decide_imports_only_what_is_pure_and_the_moods() -> None:
    for name in rooms("decide"):
        for target in imports(modules()[name].read_text(encoding="utf-8")):
            ours = target.startswith(("moodkiosk.decide", "moodkiosk.moods", "moodkiosk.words"))
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
    assert "moodkiosk.config.settings" in reached("moodkiosk.config.load")
    assert "msgspec" in reached("moodkiosk.config.load")


def test_only_training_knows_keras() -> None:
    knows = {name for name in modules() if TRAINS & imported(name)}
    assert knows <= {f"moodkiosk.learn.train.{name}" for name in ("backend", "network", "opinion.network")}


def test_nobody_imports_scripts() -> None:
    assert [name for name in modules() if "scripts" in imported(name)] == []


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


# The map: what ARCHITECTURE.md says of the house is so.

MAP = PACKAGE.parent / "ARCHITECTURE.md"
LEAST_ENTRIES = 25


def rows(heading: str) -> list[list[str]]:
    """The cells of the table under a heading of the map, without its own head."""
    section = MAP.read_text(encoding="utf-8").partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return [
        [cell.strip() for cell in line.strip("| ").split(" | ")]
        for line in section.splitlines()
        if line.startswith("|")
    ][2:]


def quoted(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def is_there(name: str) -> bool:
    """Whether a path of the map, from the package or from the project, leads somewhere; modules go without ".py"."""
    return any((folder / f"{name}{end}").exists() for folder in (PACKAGE, PACKAGE.parent) for end in ("", ".py"))


def test_the_map_has_the_same_floors() -> None:
    assert [set(quoted(row[1])) for row in rows("Floors")] == list(FLOORS)


@pytest.mark.parametrize("row", rows("You look for …"), ids=lambda row: row[0])
def test_what_you_look_for_is_where_the_map_says(row: list[str]) -> None:
    _, places = row
    assert quoted(places), "it names a place"
    assert [name for name in quoted(places) if not is_there(name)] == []


def test_the_map_has_entries_enough_and_none_twice() -> None:
    sought = [row[0] for row in rows("You look for …")]
    assert len(set(sought)) == len(sought) >= LEAST_ENTRIES


@pytest.mark.parametrize("paper", ["ARCHITECTURE.md", "CONTRIBUTING.md", "docs/decisions.md", "docs/glossary.md"])
def test_every_path_in_the_papers_for_contributors_is_there(paper: str) -> None:
    """What has a slash or ends like a file; placeholders are in capital letters, and what has a version is no path."""
    text = (PACKAGE.parent / paper).read_text(encoding="utf-8")
    found = {name for name in quoted(text) if re.fullmatch(r"[\w.-]+(/[\w.-]+)+/?|\w[\w-]*\.(py|md|yaml|toml)", name)}
    missing = [name for name in sorted(found) if not is_there(name) and not re.search(r"[A-Z]{3,}|/\.|\d\.\d", name)]
    assert missing == []
