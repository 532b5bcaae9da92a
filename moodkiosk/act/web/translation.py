"""The words of the page in every language. English is whole; where another language lacks a word, it stands in."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from importlib.resources.abc import Traversable

import msgspec

from moodkiosk.config.languages import WORDS
from moodkiosk.host.files import NOT_JSON

log = logging.getLogger("moodkiosk.web")

FALLBACK = "en"
DIRECTIONS = ("ltr", "rtl")
"""What the word `dir` may be: which way the language is read."""

Words = dict[str, str]


def translations(folder: Traversable = WORDS) -> dict[str, Words]:
    """All words of each language, by its name. What is wrong with a file is logged, and English stands in."""
    english = _read(folder / f"{FALLBACK}.json")
    found: dict[str, Words] = {}
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if not file.name.endswith(".json"):
            continue
        own: Words = {}
        try:
            own = _read(file)
        except ValueError as error:
            log.warning("%s; it is left out", error)
            continue
        if wrong := list(mistakes(file.name, own, english)):
            more = f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else ""
            log.warning("%s%s; English stands in", wrong[0], more)
        found[file.name.removesuffix(".json")] = {key: _word(key, own, english) for key in english}
    return found


def mistakes(name: str, own: Words, english: Words) -> Iterator[str]:
    """What is wrong with the words of the file `name`, a line for each: the file, the key and what it is."""
    for key in english:
        if key not in own:
            yield f"{name}: {key} is missing"
        elif not own[key].strip():
            yield f"{name}: {key} is empty"
        elif (slots := _slots(own[key])) != (wanted := _slots(english[key])):
            yield f"{name}: {key} has the slots {_listed(slots)}, expected {_listed(wanted)}"
    yield from (f"{name}: {key} is not a word of {FALLBACK}.json" for key in own if key not in english)
    if own.get("dir", "ltr") not in DIRECTIONS:
        yield f"{name}: dir is {own['dir']!r}, expected {' or '.join(DIRECTIONS)}"


def _word(key: str, own: Words, english: Words) -> str:
    """The word in the own language if it is fit for use, else the English one."""
    text = own.get(key, "")
    fit = text.strip() and _slots(text) == _slots(english[key]) and (key != "dir" or text in DIRECTIONS)
    return text if fit else english[key]


def _read(file: Traversable) -> Words:
    """The words of a file. Raises ValueError that names the file."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=dict[str, str])
    except NOT_JSON as error:
        raise ValueError(f"{file.name}: no table of words: {error}") from None


def _slots(text: str) -> list[str]:
    return sorted(set(re.findall(r"\{\w+\}", text)))


def _listed(slots: list[str]) -> str:
    return " ".join(slots) or "none"
