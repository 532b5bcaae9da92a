"""The tables of docs/home-automation.md, made from the code.

`python -m moodkiosk.act.mqtt.tables docs/home-automation.md` makes them anew.
"""

from __future__ import annotations

import re
import sys
import types
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta

from moodkiosk.act.homeassistant.payload import About, Offered, components_of
from moodkiosk.act.mqtt import payloads
from moodkiosk.act.mqtt.topics import COMMANDS, ROWS, Topics
from moodkiosk.config.settings import KioskSettings
from moodkiosk.link import commands

WORDS = {str: "text", int: "whole number", float: "number", bool: "true or false", type(None): "null", dict: "object"}
KINDS = {
    "switch": "`on`, `off`",
    "camera": "`on`, `off`, `lend`",
    "text": "text, at most 100 characters; may be empty",
    "name": "a name; may be empty",
    "percent": "0 to 100",
    "label": "a mood of the model",
    "mood": "a mood of the model, or `auto`",
    "song": "an id or a place (1 to 10) of `recommendations`; may be empty",
    "wish": "nothing, or an object with `language`, `artist`, `genre`",
    "lesson": "nothing, or an object with `person`, `labels`, `seconds`",
    "none": "nothing (is ignored)",
}
EXAMPLE = About(KioskSettings(), Topics(KioskSettings().id), "")
EXAMPLE_LABELS = ("happy", "sad")
MARK = re.compile(r"(<!-- table: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def filled(text: str) -> str:
    """The document with every table between its marks made anew. Raises KeyError for a table that does not exist."""
    return MARK.sub(lambda found: f"{found[1]}\n{TABLES[found[2]]()}\n\n{found[3]}", text)


def topics() -> str:
    """The topics under `moodkiosk/<kiosk>/`."""
    rows = [(f"`{row.name}`", row.retained, row.payload, row.doc) for row in ROWS]
    return table(("topic", "retained", "payload", "says"), rows)


def keys_of(payload: type[payloads.Payload]) -> Callable[[], str]:
    """The maker of the table of one payload's keys."""

    def made() -> str:
        hints = get_type_hints(payload, include_extras=True)
        rows = []
        for field in msgspec.structs.fields(payload):
            kind, meta = get_args(hints[field.name])
            rows.append((f"`{field.name}`", _words(kind), str(meta.description) if isinstance(meta, Meta) else ""))
        return table(("key", "value", "meaning"), rows)

    return made


def set_topics() -> str:
    """The commands that may be given over MQTT."""
    rows = [(f"`set/{name}`", KINDS[commands.TABLE[name].kind], commands.TABLE[name].doc) for name in COMMANDS]
    return table(("topic", "value", "what it does"), rows)


def entities() -> str:
    """What Home Assistant shows of a kiosk with the default id and a model of two moods."""
    found = components_of(EXAMPLE, Offered(EXAMPLE_LABELS))
    rows = []
    for own in found.values():
        if own["platform"] == "device_automation":
            name, where = f"{own['type']}: {own['subtype']}", "device trigger"
        else:
            name, where = own["name"] or "(the device's name)", f"`{own['default_entity_id']}`"
        notes = [own.get("entity_category", ""), "disabled at first" if own.get("enabled_by_default") is False else ""]
        rows.append((where, name, own.get("device_class", ""), ", ".join(filter(None, notes))))
    return table(("entity", "name", "class", "notes"), rows)


TABLES: dict[str, Callable[[], str]] = {
    "topics": topics,
    "commands": set_topics,
    "entities": entities,
    **{name: keys_of(payload) for name, payload in payloads.TABLES.items()},
}


def _words(kind: Any) -> str:
    """A type, for people."""
    if get_origin(kind) in (Union, types.UnionType):
        return " or ".join(_words(one) for one in get_args(kind))
    if get_origin(kind) is Literal:
        return ", ".join(f"`{one}`" for one in get_args(kind))
    if get_origin(kind) is list:
        return f"list of {_words(get_args(kind)[0])}s"
    if get_origin(kind) is tuple:
        return "list of text"
    if get_origin(kind) is dict:
        return "object" if get_args(kind)[1] is Any else f"object of {_words(get_args(kind)[1])}s"
    return WORDS.get(kind, "object")


def table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """A table in Markdown."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


if __name__ == "__main__":
    document = Path(sys.argv[1])
    document.write_text(filled(document.read_text(encoding="utf-8")), encoding="utf-8")
