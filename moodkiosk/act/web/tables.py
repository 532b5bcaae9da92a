"""The tables of docs/api.md, made from the code.

`python -m moodkiosk.act.web.tables docs/api.md` makes them anew.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from moodkiosk.act.mqtt import tables
from moodkiosk.act.mqtt.tables import KINDS, MARK, table
from moodkiosk.link import commands

STATE_MORE = {
    "kiosk": ("text", "the kiosk's name"),
    "read_only": ("true or false", "this view is for looking only"),
    "decision": (
        "object or null",
        "the last decision: `action`, `mood`, `what`, `speaker`, `reason` (of both texts `…_key` and `…_fields`, too)",
    ),
    "health": (
        "object",
        "how what the kiosk stands among is doing; see below",
    ),
}
"""The keys of `/api/state` that MQTT's `state` does not have."""
HEALTH = {
    "broker": ("text", "`connected`, `connecting`, `switched off`, or what is wrong"),
    "sense": (
        "text",
        "the half that sees: `running`, `starting` or `not running`; after `running; ` what it has to say (too slow)",
    ),
    "player": ("text", "begins with `ready`, or what is wrong and what to do"),
    "memory": ("text", "`ready`, or why settings are not kept"),
    "requests_today": ("whole number", "requests to the Spotify Web API since midnight"),
    "login_days_left": ("number or null", "days until the Spotify sign-in ends; below 0 when it has"),
}


def filled(text: str) -> str:
    """The document with every table between its marks made anew. Raises KeyError for a table that does not exist."""
    return MARK.sub(lambda found: f"{found[1]}\n{TABLES[found[2]]()}\n\n{found[3]}", text)


def state() -> str:
    """The keys of `/api/state`: those of MQTT (the page knows the reader's language itself), and the page's own."""
    own = [(f"`{key}`", *row) for key, row in STATE_MORE.items()]
    theirs = [row for row in tables.TABLES["state"]().splitlines() if not row.startswith("| `in_words`")]
    return "\n".join([*theirs, *table(("key", "value", "meaning"), own).splitlines()[2:]])


def health() -> str:
    """The keys of `health` in it."""
    return table(("key", "value", "meaning"), [(f"`{key}`", *row) for key, row in HEALTH.items()])


def all_commands() -> str:
    """Every command."""
    rows = [
        (f"`{name}`", KINDS[spec.kind], spec.doc, "yes" if spec.guests else "") for name, spec in commands.TABLE.items()
    ]
    return table(("command", "value", "what it does", "for guests"), rows)


TABLES: dict[str, Callable[[], str]] = {"state": state, "health": health, "commands": all_commands}


if __name__ == "__main__":
    document = Path(sys.argv[1])
    document.write_text(filled(document.read_text(encoding="utf-8")), encoding="utf-8")
