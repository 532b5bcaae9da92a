"""The page's files: read once, never looked up by a name from outside. No template language: words and three slots."""

from __future__ import annotations

import hashlib
import html
import re
from dataclasses import dataclass
from importlib import resources

import msgspec

from moodkiosk.act.web.translation import Words, shown, translations
from moodkiosk.words.language import FALLBACK

TYPES = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "png": "image/png",
    "svg": "image/svg+xml",
    "webmanifest": "application/manifest+json",
}


@dataclass(frozen=True, slots=True)
class File:
    """One file as it is sent."""

    body: bytes
    media_type: str


class Pages:
    """Everything that is sent as it is, and the pages in every language.

    Attributes:
        build: changes whenever any of the files does; part of their addresses, so that they may be kept for ever.
        languages: the languages there are words for, e.g. ("de", "en").
    """

    def __init__(self) -> None:
        here = resources.files(__package__)
        sources = {file.name: file.read_bytes() for file in sorted(here.joinpath("assets").iterdir(), key=_name)}
        self._words = translations()
        self.languages = tuple(self._words)
        digest = hashlib.sha256(b"".join(sources.values()) + msgspec.json.encode(self._words))
        self.build = digest.hexdigest()[:12]
        self._files = {
            name: File(LEAN.get(kind, bytes)(body), TYPES[kind])
            for name, body in sources.items()
            if (kind := name.rpartition(".")[2]) in TYPES
        }
        inside = {"style": self._files["kiosk.css"].body.decode(), "icon": sources["icon.svg"].decode()}
        self._templates = {
            (language, name): _with_files(
                _with_words(with_head(body.decode()), {**words, "language": language, "build": self.build}), inside
            )
            for name, body in sources.items()
            if name.endswith(".html")
            for language, words in self._words.items()
        }

    def words(self, language: str) -> Words:
        """All words of a language."""
        return self._words[language]

    def file(self, language: str, name: str) -> File | None:
        """A file of the page; `words.js` are the words of the language."""
        if language not in self._words:
            return None
        if name == "words.js":
            body = b"export default " + msgspec.json.encode(shown(self._words[language])) + b";\n"
            return File(body, TYPES["js"])
        return self._files.get(name)

    def page(self, template: str, language: str, **slots: str) -> bytes:
        """The page `template` in a language, its slots filled (and escaped)."""
        text = self._templates[language, template]
        return re.sub(r"\{\{(\w+)\}\}", lambda found: html.escape(slots.get(found[1], "")), text).encode()

    def language(self, wanted: str, accepted: str) -> str:
        """The language to use: `wanted` unless that is "auto", else the best of the header Accept-Language."""
        if wanted in self._words:
            return wanted
        known = {language.lower(): language for language in self._words}
        for tag in _preferred(accepted[:500]):
            # "de-AT" is "de" where there is nothing closer (RFC 4647, 3.4).
            for closest in (tag.lower(), tag.partition("-")[0].lower()):
                if closest in known:
                    return known[closest]
        return FALLBACK


def _lean(source: bytes) -> bytes:
    """The source without indentation and lines of comment: a tenth less to send. No text of ours goes over lines."""
    return re.sub(rb"(?m)^[ \t]*(?://.*|/\*\*[^\n]*\*/)\n|^[ \t]+", b"", source)


def _lean_style(source: bytes) -> bytes:
    """The same of a style sheet: without comments, and blanks around brackets and semicolons; no text of it has any."""
    return re.sub(rb"\s*([{};])\s*", rb"\1", re.sub(rb"(?s)/\*.*?\*/", b"", source))


HEAD = resources.files(__package__).joinpath("assets", "head.html").read_bytes().decode()
LEAN = {"js": _lean, "css": _lean_style}
"""What a file is sent without, by its ending."""


def _name(file: object) -> str:
    return str(getattr(file, "name", ""))


def with_head(template: str) -> str:
    """The template of one of the small pages with the head that they have in common."""
    return template.replace("{{head}}\n", HEAD)


def _with_words(template: str, words: Words) -> str:
    """The template with `{word}` replaced; one that is missing is a mistake of ours. Slots, `{{slot}}`, stay."""
    return re.sub(r"(?<!\{)\{([\w.]+)\}(?!\})", lambda found: html.escape(words[found[1]]), template)


def _with_files(template: str, inside: dict[str, str]) -> str:
    """The template with files of ours in these slots, as they are: for a page that nothing else can be loaded for."""
    return re.sub(r"\{\{(\w+)\}\}", lambda found: inside.get(found[1], found[0]), template)


def _preferred(accepted: str) -> list[str]:
    """The language tags of an Accept-Language header, the most wanted first (RFC 9110, 12.5.4)."""
    found: list[tuple[float, str]] = []
    for part in accepted.split(","):
        tag, _, weight = part.strip().partition(";q=")
        try:
            found.append((-float(weight or 1), tag.strip()))
        except ValueError:
            continue
    return [tag for weight, tag in sorted(found, key=lambda item: item[0]) if weight < 0]
