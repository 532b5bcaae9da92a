"""Every sentence of every language, by the page's own renderer in a real browser: as the kiosk says it, none cut."""

from __future__ import annotations

import re
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from moodkiosk.act.web.translation import shown
from moodkiosk.words.language import words
from moodkiosk.words.phrase import SLOT, phrase
from moodkiosk.words.reason import Reason, how, wire
from tests.support.browser import SCREENSHOTS, opened
from tests.support.web import page_only

pytestmark = [pytest.mark.browser]

LANGUAGES = {"en": "en-GB", "de": "de-DE"}
NAMES = {"dir", "keyboard", "name", "number.point", "list.comma", "plural.forms"}
"""Words about the language itself."""
LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunte"
COUNTS = (0, 1, 2, 5, 21)
SENTENCES = """async (asked) => {
    const from = document.querySelector('script[type=module]').src.replace('kiosk.js', '');
    const { told, make } = await import(from + 'dom.js');
    const { show } = await import(from + 'sheet.js');
    const lines = asked.map(([key, fields]) => make('li', {}, told({ text_key: key, text_fields: fields }, 'text')));
    show(asked[0][0].split('.')[0], make('ul.details', {}, ...lines));
    const sheet = document.querySelector('#sheet');
    const wide = (line) => line.scrollWidth > line.clientWidth + 1 || line.getBoundingClientRect().right > innerWidth;
    const cut = lines.filter(wide), english = lines.filter((line) => line.querySelector('[lang]'));
    return { said: lines.map((line) => line.textContent), english: english.length,
        cut: cut.map((line) => line.textContent), wide: sheet.scrollWidth > sheet.clientWidth + 1 };
}"""
UNTIL = Reason("until.time", time=Reason("time.far", day=Reason("day.1"), time="07:00"))
INSIDE = {"until": UNTIL, "time": "20:14", "mood": how("surprise"), "reason": Reason("gate.quiet_hours", until="07:00")}
"""What stands in slots: a sentence of its own where one may."""


def fields_of(text: str, count: int = 2) -> dict[str, Any]:
    """Something in every slot: what is said of slots with these names, long names, and a list."""
    made: dict[str, Any] = {name: INSIDE.get(name, LONG) for name in SLOT.findall(text)}
    made |= {name: ["Anna", LONG] for name in ("wanted", "known", "names", "others", "topics") if name in made}
    return made | {"count": count, "seconds": 2.5} if made else made


def asked(language: str) -> list[tuple[str, dict[str, Any]]]:
    """Every key that the page may show, plural forms by some numbers, each with something in its slots."""
    own = shown(dict(words(language)))
    found = []
    for key, text in own.items():
        base = key.rpartition(".")[0]
        if f"{base}.other" not in own:
            found.append((key, fields_of(text)))
        elif key.endswith(".other"):
            found += [(base, fields_of(text, count)) for count in COUNTS]
    return [(key, fields) for key, fields in found if key not in NAMES]


def section(item: tuple[str, Any]) -> str:
    return item[0].partition(".")[0]


def show_all(page: Page, language: str) -> list[str]:
    """Shows all sentences, section by section, and keeps pictures; what is wrong with them, a line for each."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    wrong = []
    for name, group in groupby(sorted(asked(language), key=section), section):
        some = list(group)
        sent = [[key, {slot: wire(value) for slot, value in fields.items()}] for key, fields in some]
        found = page.evaluate(SENTENCES, sent)
        expected = [phrase(words(language), key, fields) for key, fields in some]
        wrong += [
            f"{key}: {said!r}, not {want!r}"
            for (key, _), said, want in zip(some, found["said"], expected, strict=True)
            if said != want
        ]
        wrong += [f"{text!r} is cut" for text in found["cut"]]
        wrong += [f"{name}: the sheet is too wide"] if found["wide"] else []
        wrong += [f"{name}: English stands in"] if found["english"] else []
        page.screenshot(path=SCREENSHOTS / f"sentences-{name}-{language}.jpeg", quality=70)
    return wrong


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_is_said_as_the_kiosk_itself_says_it_and_fits_a_small_phone(
    browser: Browser, tmp_path: Path, language: str
) -> None:
    with page_only(tmp_path) as (_, address), opened(browser, address, locale=LANGUAGES[language]) as watched:
        watched.page.set_viewport_size({"width": 320, "height": 568})
        wrong = show_all(watched.page, language)
        assert watched.page.evaluate("document.documentElement.lang") == language
    if wrong:
        pytest.fail("\n".join(wrong), pytrace=False)
    assert watched.complaints == []


def test_the_sentences_that_are_shown_are_all_that_the_page_has() -> None:
    for language in LANGUAGES:
        keys = {key for key, _ in asked(language)}
        bases = {re.sub(r"\.(one|other)$", "", key) if key not in keys else key for key in shown(dict(words(language)))}
        assert bases - NAMES == keys
