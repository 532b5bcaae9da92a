"""The blueprints: every input is declared and used, triggers survive what homes do, and templates say what they should.

Their format is that of https://www.home-assistant.io/docs/blueprint/schema/ and /selectors/.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from jinja2.sandbox import ImmutableSandboxedEnvironment

FOLDER = Path(__file__).parents[3] / "docs" / "blueprints"
NAMES = sorted(file.name for file in FOLDER.glob("*.yaml"))
SELECTORS = {"action", "boolean", "color_rgb", "entity", "number", "target", "text"}
# Of Home Assistant's core, there in every installation.
ACTIONS = {
    "light.turn_on", "light.turn_off", "switch.turn_on", "switch.turn_off", "button.press",
    "persistent_notification.create",
}  # fmt: skip


class Input(str):
    """The value of an `!input`."""

    __slots__ = ()


class Loader(yaml.SafeLoader):
    """YAML with `!input`."""


def as_input(loader: yaml.SafeLoader, node: yaml.Node) -> Input:
    assert isinstance(node, yaml.ScalarNode)
    return Input(loader.construct_scalar(node))


Loader.add_constructor("!input", as_input)


def load(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.load((FOLDER / name).read_text(encoding="utf-8"), Loader)  # noqa: S506 - a safe loader
    return found


def values(node: object) -> list[object]:
    """Everything in a blueprint."""
    if isinstance(node, dict):
        return [leaf for value in node.values() for leaf in values(value)]
    if isinstance(node, list):
        return [leaf for value in node for leaf in values(value)]
    return [node]


def actions(node: object) -> list[str]:
    """All actions that are called."""
    if isinstance(node, dict):
        own = [node["action"]] if isinstance(node.get("action"), str) else []
        return own + [name for value in node.values() for name in actions(value)]
    return [name for value in node for name in actions(value)] if isinstance(node, list) else []


def test_there_are_three() -> None:
    assert NAMES == ["lamp_by_mood.yaml", "quiet_in_calls.yaml", "somebody_comes.yaml"]


@pytest.mark.parametrize("name", NAMES)
def test_every_input_is_declared_with_a_selector_and_used(name: str) -> None:
    whole = load(name)
    about, rest = whole["blueprint"], {key: value for key, value in whole.items() if key != "blueprint"}
    assert {"name", "description", "domain", "input"} <= {*about}
    assert about["domain"] == "automation"
    assert about["homeassistant"]["min_version"] == "2025.4.0"
    assert {str(value) for value in values(rest) if isinstance(value, Input)} == {*about["input"]}
    for given in about["input"].values():
        (selector,) = given["selector"]
        assert selector in SELECTORS
        assert given["name"]


@pytest.mark.parametrize("name", NAMES)
def test_it_calls_what_every_installation_has_and_starts_anew_the_second_time(name: str) -> None:
    whole = load(name)
    assert {*actions(whole)} <= ACTIONS
    assert whole["mode"] == "restart"


def condition(name: str, to_state: object) -> str:
    text = load(name)["conditions"][0]["value_template"]
    return ImmutableSandboxedEnvironment().from_string(text).render(trigger={"to_state": to_state})


@pytest.mark.parametrize("name", ["lamp_by_mood.yaml", "somebody_comes.yaml"])
def test_an_entity_that_is_removed_starts_nothing(name: str) -> None:
    assert condition(name, None) == "False"


def test_only_an_arrival_is_one() -> None:
    def event(kind: str) -> dict[str, Any]:
        return {"state": "2026-11-26T12:00:00+00:00", "attributes": {"event_type": kind}}

    assert condition("somebody_comes.yaml", event("arrived")) == "True"
    assert condition("somebody_comes.yaml", event("left")) == "False"


def test_nothing_is_done_about_what_is_unknown_or_away() -> None:
    for name in ("lamp_by_mood.yaml", "somebody_comes.yaml"):
        (trigger,) = load(name)["triggers"]
        assert {"unavailable", "unknown"} <= {*trigger["not_to"]}
