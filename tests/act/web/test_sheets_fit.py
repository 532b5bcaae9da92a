"""Every sheet on every screen, in both languages, with the longest of names in it: nothing is cut or pushed out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from moodkiosk.moods.choice import Choice
from moodkiosk.moods.song import Song
from moodkiosk.moods.view import Recommendation, View
from moodkiosk.words.reason import Reason
from tests.act.web.test_layout import ARABIC, HEBREW, NAMES, SCREENS, TROUBLE, USUAL, WORD
from tests.act.web.test_sentences import LANGUAGES
from tests.act.web.test_teach import MEASURE, PROOF
from tests.act.web.test_walk import NOW, SONGS, Scene, song
from tests.support.browser import SCREENSHOTS, opened
from tests.support.web import page_only

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(1200)]

BEHIND_MORE = {
    "more": (),
    "mood": ("do.mood",),
    "wrong": ("do.wrong",),
    "calibrate": ("do.calibrate",),
    "forget": ("more.forget",),
    "teach": ("teach.do",),
}
BAND = """() => {
    const band = document.querySelector('dialog .band'), blind = band.querySelector('[data-seen=blind]');
    const begins = band.querySelector('i').getBoundingClientRect().left - band.getBoundingClientRect().left;
    return { begins: Math.round(begins), blind: getComputedStyle(blind).backgroundColor };
}"""
"""Where the day begins on its band, in pixels, and the colour of a stretch in which the camera did not look: none."""
STEP: dict[str, Any] = {"number": 2, "count": 5, "seconds": 5.0, "left_seconds": 2.5}


def sheets(scene: Scene, name: str) -> Iterator[str]:
    """Opens each sheet with that name in it, and says what it is called; it is closed afterwards."""
    label = name[:40]
    link = f"https://music.youtube.com/search?q={name.replace(' ', '+')}"
    view = replace(USUAL, person=name, labels=("neutral", label), model="starter", remembers=False)
    view = replace(view, recommendation=Recommendation(name, link), language=name[:30], artist=name)
    scene.show("", replace(view, mood=None, confidence=None))
    yield from opening(scene, "recommend", "which-mood")
    scene.show("", view)
    long = [song(1, title=name, by=name, songs=1234, youtube_url=link), *SONGS]
    scene.kiosk.offer((Song("01", "playlist", name, Choice("playlist", name), link),))
    scene.answers["recommendations"] = {"ok": True, "data": long}
    yield from opening(scene, "recommend", "songs")
    scene.open("recommend")
    scene.press("songs.open", title=name)
    yield "songs-code"
    scene.press("do.back")
    scene.press("recommend.change")
    yield "taste"
    scene.press("recommend.go")
    scene.press("songs.surprise")
    yield "recommended"
    scene.close()
    for sheet, keys in BEHIND_MORE.items():
        scene.open("more", *keys)
        yield sheet
        scene.close()
    scene.open("more", "teach.do", "teach.start")
    for phase, hint in (("waiting", ""), ("countdown", ""), ("recording", "move"), ("fitting", "")):
        scene.teach("", phase=phase, hint=hint, label=label, view="no picture", text="x", person=name, **STEP)
        yield f"teach-{phase}"
    proof = replace(PROOF, moods={label: (0.4, 0.9)}, people={name: (0.5, 0.9)})
    remarks = tuple(replace(remark, label=label, other=label) for remark in PROOF.remarks)
    scene.teach("", phase="shown", number=5, count=5, proof=replace(proof, remarks=remarks))
    yield "teach-shown"
    scene.close()
    reason = Reason("spotify.speaker_missing", name=name, others=[name, "Kitchen"])
    scene.answers["why"] = {"ok": True, "data": [scene.line("20:14", Reason("music.not_played", reason=reason))]}
    yield from opening(scene, "why", "why")
    yield from today(scene, label)
    yield from taught(scene, replace(view, model="taught", remembers=True), label)
    scene.page.locator(".notice").first.click()
    yield "notices"
    scene.close()


def today(scene: Scene, label: str) -> Iterator[str]:
    """The day with such a mood in it, its stretches from a moment to most of a day."""
    kinds = (("mood", label), ("nobody", None), ("unsure", None), ("blind", None), ("mood", "happy"))
    hours = ("05:00:00", "16:30:00", "17:00:00", "20:00:00", "20:13:59")
    spans = [
        {"at": f"2026-11-24T{at}+01:00", "seen": kind, "mood": mood}
        for at, (kind, mood) in zip(hours, kinds, strict=True)
    ]
    scene.answers["history"] = {"spans": spans, "now": NOW}
    scene.open("day")
    expect(scene.page.locator("dialog .spans li")).to_have_count(len(spans))
    expect(scene.page.locator("dialog .spans")).to_contain_text("11,5 h" if scene.language == "de" else "11.5 h")
    assert scene.page.evaluate(BAND) == {"begins": 0, "blind": "rgba(0, 0, 0, 0)"}
    yield "today"
    scene.close()


def taught(scene: Scene, view: View, label: str) -> Iterator[str]:
    """Once it was taught: what More offers then, taking the lesson back, and a correction that is remembered."""
    scene.show("", view)
    yield from opening(scene, "more", "more-taught")
    scene.open("more", "teach.undo_last")
    yield "undo"
    scene.close()
    scene.open("more", "do.wrong")
    scene.page.locator("#sheet .moods button").last.click()
    expect(scene.page.locator("#sheet-title")).to_have_text(scene.word("wrong.now"))
    yield "wrong-now"
    scene.close()
    scene.teach("", phase="over", text=Reason("taught.nothing_kept", why=Reason("taught.left")))
    scene.open("more", "teach.do", "teach.start")
    scene.teach("", phase="waiting", view="seen", label=label, number=1, count=2)
    scene.teach("", phase="over", text=Reason("taught.nothing_kept", why=Reason("taught.left")))
    yield "teach-over"
    scene.close()


def opening(scene: Scene, button: str, name: str) -> Iterator[str]:
    """Opens a sheet from the front, and closes it."""
    scene.open(button)
    yield name
    scene.close()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", [WORD, NAMES, ARABIC, HEBREW], ids=["word", "names", "arabic", "hebrew"])
def test_no_sheet_is_cut_on_any_screen_whatever_the_names(
    browser: Browser, tmp_path: Path, language: str, name: str
) -> None:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    wrong = []
    with (
        page_only(tmp_path, TROUBLE) as (kiosk, address),
        opened(browser, address, locale=LANGUAGES[language]) as watched,
    ):
        scene = Scene(kiosk, watched.page, language)
        scene.begin()
        for sheet in sheets(scene, name):
            for width, height in SCREENS:
                watched.page.set_viewport_size({"width": width, "height": height})
                wrong += [f"{sheet} at {width}x{height}: {text}" for text in watched.page.evaluate(MEASURE)]
                watched.page.screenshot(
                    path=SCREENSHOTS / f"sheet-{sheet}-{language}-{name[:4].strip()}-{width}.jpeg", quality=60
                )
            watched.page.set_viewport_size({"width": 800, "height": 480})
    if wrong:
        pytest.fail("\n".join(wrong), pytrace=False)
