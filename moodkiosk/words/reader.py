"""Who reads, on a terminal: the language that the environment asks for, as far as there are words for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from moodkiosk.words.language import FALLBACK

VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")
"""The first that is set counts (POSIX.1-2017, 8.2)."""


def language(environment: Mapping[str, str], known: Iterable[str], configured: str = "auto") -> str:
    """The language to speak on a terminal.

    Args:
        environment: of the process.
        known: the languages that there are words for.
        configured: `kiosk.language`; "auto" leaves it to the reader's environment: "de_AT.UTF-8" is "de".
    """
    if configured in known:
        return configured
    asked = next((value for name in VARIABLES if (value := environment.get(name))), "")
    tag = asked.partition(".")[0].partition("@")[0].replace("_", "-").lower()
    by_name = {name.lower(): name for name in known}
    return by_name.get(tag) or by_name.get(tag.partition("-")[0]) or FALLBACK
