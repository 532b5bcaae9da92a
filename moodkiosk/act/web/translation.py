"""The words of the page in every language. English is whole; where another language lacks a word, it stands in."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from importlib.resources.abc import Traversable

import msgspec

from moodkiosk.host.files import NOT_JSON
from moodkiosk.words.language import FALLBACK, FOLDER
from moodkiosk.words.phrase import FORMS

log = logging.getLogger("moodkiosk.web")

DIRECTIONS = ("ltr", "rtl")
"""What the word `dir` may be: which way the language is read."""
TERMINAL = (
    *("cli.", "word.", "unknown.", "cannot.", "model.", "doctor.", "checked.", "outcome."),
    *("privacy.", "networks.", "address.", "collect.", "lesson.", "help.", "signin.", "config."),
    *("tour.", "discovery.", "install.", "told.", "column.", "film."),
    *("doubt.alike", "doubt.crosswise", "doubt.frozen", "doubt.two_people", "doubt.unlike"),  # of these it has its own
    *("arguments.", "file.", "source.", "engine.", "replay.", "tunes.", "display.", "sound.", "remote.", "label."),
    *("recording.", "damaged.", "judge.", "train."),
)
PROGRAMS = (
    *("bad.transaction", "bad.too_many_bytes", "bad.line_too_long", "bad.no_utf8", "bad.no_json", "bad.no_object"),
    *("bad.no_command", "bad.command", "bad.key", "bad.wish", "bad.retained", "http.content_type", "http.no_command"),
    *("http.only_get", "http.cannot_listen", "reload.", "order.no_recording", "order.nothing_else"),
    *("link.of_another_kind", "link.unknown", "link.empty"),
)
"""What is said to programs, to whoever writes the configuration, and of commands that the page does not have."""
SERVED = ("host.", "nowhere.", "login.", "demo.", "no_script")
ELSEWHERE = (*TERMINAL, *PROGRAMS, *SERVED, "entity.", "entity_text.", "plural.rule")
"""Words that the page's script never shows begin with these: they are said on a terminal, stand in the pages as these
are served, or in Home Assistant."""
OTHER = ".other"
"""The plural form that every language has; an English key that ends so has one sentence for each form."""

Words = dict[str, str]


def translations(folder: Traversable = FOLDER) -> dict[str, Words]:
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
        wanted = expected(own, english)
        found[file.name.removesuffix(".json")] = {key: _word(key, own, model) for key, model in wanted.items()}
    return found


def shown(words: Words) -> Words:
    """The words that the page may show."""
    return {key: text for key, text in words.items() if not key.startswith(ELSEWHERE)}


def mistakes(name: str, own: Words, english: Words) -> Iterator[str]:
    """What is wrong with the words of the file `name`, a line for each: the file, the key and what it is."""
    wanted = expected(own, english)
    for key, model in wanted.items():
        if key not in own:
            yield f"{name}: {key} is missing"
        elif not own[key].strip():
            yield f"{name}: {key} is empty"
        elif not _fits(key, own[key], model):
            yield f"{name}: {key} has the slots {_listed(_slots(own[key]))}, expected {_listed(_slots(model))}"
    yield from (f"{name}: {key} is not a word of {FALLBACK}.json" for key in own if key not in wanted)
    if own.get("dir", "ltr") not in DIRECTIONS:
        yield f"{name}: dir is {own['dir']!r}, expected {' or '.join(DIRECTIONS)}"


def expected(own: Words, english: Words) -> Words:
    """The keys that a language must have, each with the English sentence it stands for: its own plural forms, too."""
    forms = own.get(FORMS, english.get(FORMS, "")).split()
    found = {}
    for key, text in english.items():
        base = key.rpartition(".")[0]
        if f"{base}{OTHER}" not in english:
            found[key] = text
        elif key.endswith(OTHER):
            found |= {f"{base}.{form}": english.get(f"{base}.{form}", text) for form in forms}
    return found


def _word(key: str, own: Words, model: str) -> str:
    """The word in the own language if it is fit for use, else the English one."""
    text = own.get(key, "")
    fit = text.strip() and _fits(key, text, model) and (key != "dir" or text in DIRECTIONS)
    return text if fit else model


def _fits(key: str, text: str, model: str) -> bool:
    """Whether nothing is lost or invented; a plural form may leave the number out ("one day")."""
    slots, wanted = set(_slots(text)), set(_slots(model))
    return slots == wanted or (slots == wanted - {"{count}"} and not key.endswith(OTHER))


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
