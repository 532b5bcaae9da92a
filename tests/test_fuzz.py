"""Spoilt inputs to everything that reads what others wrote: a few seconds of scripts/fuzz, and all that failed once."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.fuzz.mutate import spoilt
from tests.fuzz.run import Take, Target, again, fuzz
from tests.fuzz.targets import TARGETS

SECONDS = 20 / len(TARGETS)
FOUND = Path(__file__).parent / "fuzz" / "found"
"""Inputs that failed once, as scripts/fuzz kept them: a folder for each target."""


@pytest.mark.parametrize("name", TARGETS)
def test_nothing_that_is_spoilt_does_harm(name: str, tmp_path: Path) -> None:
    outcome = fuzz(TARGETS[name], tmp_path, SECONDS, seed=0)
    assert outcome.failures == {}
    assert outcome.inputs > 0


@pytest.mark.parametrize("file", sorted(FOUND.glob("*/*")), ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_what_failed_once_fails_no_more(file: Path, tmp_path: Path) -> None:
    assert again(TARGETS[file.parent.name], tmp_path, file.read_bytes()) is None


@pytest.mark.slow
@pytest.mark.parametrize("name", TARGETS)
def test_some_inputs_are_valid_so_that_what_is_behind_the_door_is_reached_as_well(name: str, tmp_path: Path) -> None:
    chance = random.Random(5)
    with TARGETS[name].opened(tmp_path) as take:
        assert any(take(TARGETS[name].make(chance)) for _ in range(1000))


@pytest.mark.slow
def test_the_fuzzer_finds_a_mistake_and_keeps_it_small(tmp_path: Path) -> None:
    """A reader that trips over one byte, and one that logs an error instead of raising it."""

    @contextmanager
    def opened(_: Path) -> Iterator[Take]:
        def take(data: bytes) -> bool:
            if b"\x00" in data:
                raise KeyError("tripped")
            return data.startswith(b"{")

        yield take

    seeds = [b'{"a": 1, "b": [true, "text"]}']
    target = Target("broken", "a reader that is wrong", lambda chance: spoilt(chance, seeds), opened)
    outcome = fuzz(target, tmp_path, 3, seed=1, keep=tmp_path / "kept")
    ((way, (data, story)),) = outcome.failures.items()
    assert way.startswith("KeyError")
    assert "tripped" in story
    assert data == b"\x00"
    assert [file.read_bytes() for file in (tmp_path / "kept" / "broken").glob("*.bin")] == [data]
    assert "tripped" in (again(target, tmp_path, data) or "")


def test_the_same_seed_gives_the_same_inputs() -> None:
    for target in TARGETS.values():
        first, second = ([target.make(random.Random(3)) for _ in range(5)] for _ in range(2))
        assert first == second, target.name
