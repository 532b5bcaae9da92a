"""A walk through everything that the page can show, in both languages: which sentences were seen, and side by side how.

The pictures go to MOODKIOSK_SCREENSHOTS (default: build/screenshots), as walk-STATE.jpeg: English left, German right.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import Any

import cv2
import msgspec
import numpy as np
import pytest
from playwright.sync_api import Browser, Page, Route, expect

from moodkiosk.act.web.server import Page as Kiosk
from moodkiosk.act.web.translation import shown
from moodkiosk.link.messages import Remark, Teaching
from moodkiosk.moods.choice import Choice
from moodkiosk.moods.decision import Decision
from moodkiosk.moods.song import Song
from moodkiosk.moods.view import NowPlaying, Recommendation, View
from moodkiosk.words.language import say, words
from moodkiosk.words.phrase import SLOT
from moodkiosk.words.reason import Reason, how, plain, said
from tests.act.web.test_layout import USUAL
from tests.act.web.test_sentences import LANGUAGES, NAMES, fields_of
from tests.act.web.test_teach import PROOF
from tests.support.browser import SCREENSHOTS, opened
from tests.support.english import english_in
from tests.support.web import page_only
from tests.words.test_used import in_assets

pytestmark = [pytest.mark.browser, pytest.mark.slow]

QUIET = replace(USUAL, now_playing=None, mood=None, confidence=None, since=None)
NOW = "2026-11-24T20:14:00+01:00"
TEXTS = """() => {
    const found = new Set(), places = document.querySelectorAll('body, body *:not(script, template, style, symbol)');
    for (const element of places) {
        for (const name of ['aria-label', 'placeholder', 'title', 'alt'])
            if (element.getAttribute(name)) found.add(element.getAttribute(name));
        if (element.textContent.length < 600) found.add(element.textContent.trim());
        for (const node of element.childNodes) if (node.nodeType === Node.TEXT_NODE) found.add(node.textContent.trim());
    }
    return [...found];
}"""
HEAR = """(() => {
    const listen = EventSource.prototype.addEventListener;
    EventSource.prototype.addEventListener = function (name, use) {
        return listen.call(this, name, name !== 'state' ? use : (event) => {
            use(event);
            document.documentElement.dataset.heard = JSON.parse(event.data).volume_cap;
        });
    };
})()"""
"""Marks which state the page itself has shown, once it has."""
SHORT = 16
"""Sentences with fewer letters must stand by themselves."""
LINES_A_SHEET = 12
ELSEWHERE = {
    "keyboard.delete": "the keys of the kiosk's own screen: tests/act/web/test_touch.py",
    "keyboard.shift": "as above",
    "keyboard.space": "as above",
    "no_script": "stands in the page for browsers without scripts",
    "recommend.languages": "a list: each language is a button of its own",
}
"""Words of the page that this walk does not come by, and why."""


@dataclass
class Scene:
    """A page in a browser, and what its kiosk answers.

    Attributes:
        kiosk: what is shown is given to it.
        page: the browser's.
        language: which one.
        answers: what a command is answered; None: nothing yet.
        held: questions that wait for an answer.
        seen: every text that stood anywhere so far.
        pictures: what it looked like, by the name of the state.
    """

    kiosk: Kiosk
    page: Page
    language: str
    answers: dict[str, dict[str, Any] | None] = field(default_factory=dict)
    held: list[Route] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    pictures: dict[str, bytes] = field(default_factory=dict)
    volumes: Any = field(default_factory=lambda: count(1))

    def begin(self) -> None:
        """Listens along, and answers in the kiosk's place."""
        self.page.route(re.compile(r"/api/(command|why|history)$"), self._answer)
        self.page.add_init_script(HEAR)
        self.page.reload()

    def look(self, name: str) -> None:
        """Reads what stands there, and keeps a picture."""
        self.seen.update(self.page.evaluate(TEXTS))
        self.pictures[name] = self.page.screenshot(type="jpeg", quality=80)

    def show(self, name: str, view: View) -> None:
        """Shows a view; each says another volume, by which it is known when it has come."""
        volume = next(self.volumes) % 100
        self.kiosk.show(replace(view, volume_cap=volume))
        self.page.wait_for_function("v => document.documentElement.dataset.heard === v", arg=str(volume))
        if name:
            self.look(name)

    def teach(self, name: str, **step: Any) -> None:
        """Says how a sitting goes."""
        self.kiosk.teaching(Teaching(1.0, **step))
        self.page.wait_for_timeout(300)
        if name:
            self.look(name)

    def line(self, at: str, text: str) -> dict[str, Any]:
        """A decision, as "why" lists it."""
        made: dict[str, Any] = json.loads(msgspec.json.encode(said({"at": at, "text": text}, ("at", "text"))))
        return made

    def word(self, key: str, **fields: object) -> str:
        """A sentence in the language of the page."""
        return say(self.language, key, **fields)

    def press(self, key: str, **fields: object) -> None:
        """Presses the button in the sheet that is called so."""
        name = re.compile(f"^{re.escape(self.word(key, **fields))}$")
        self.page.locator("#sheet").get_by_role("button", name=name).first.click()
        self.page.wait_for_timeout(150)

    def waits_for(self, key: str) -> None:
        """Waits until the sheet says so."""
        expect(self.page.locator("#sheet")).to_contain_text(self.word(key))

    def open(self, name: str, *keys: str) -> None:
        """Opens a sheet from the front, and others from there."""
        self.page.locator(f"#{name}").click()
        for key in keys:
            self.press(key)

    def close(self) -> None:
        """Closes the sheet, if one is open."""
        self.page.evaluate("document.getElementById('sheet').close()")
        expect(self.page.locator("#sheet")).to_be_hidden()

    def release(self, **answer: Any) -> None:
        """Answers what was held back."""
        for route in self.held:
            route.fulfill(json={"ok": True, "text": ""} | answer)
        self.held.clear()
        self.page.wait_for_timeout(200)

    def _answer(self, route: Route) -> None:
        name = route.request.url.rpartition("/")[2]
        if name == "command":
            name = json.loads(route.request.post_data or "{}")["command"]
        answer = self.answers.get(name, {"ok": True, "text": "", "data": []})
        if name == "history" and name not in self.answers:
            route.continue_()
        elif answer is None:
            self.held.append(route)
        elif answer.get("hang_up"):
            route.abort()
        else:
            route.fulfill(json=answer)


def front(scene: Scene) -> None:
    """Every mood, every look, all that music and surroundings can do."""
    moods = [
        key.removeprefix("mood.")
        for key in shown(dict(words("en")))
        if re.fullmatch(r"mood\.(?!title|text|auto)\w+", key)
    ]
    for mood in moods:
        scene.show(f"mood-{mood}", replace(USUAL, mood=mood))
    scene.show("by-hand", replace(USUAL, manual_mood="happy", confidence=None))
    scene.show("faded", replace(USUAL, confidence=0.1))
    scene.show("nobody", replace(QUIET, present=False, people=0))
    scene.show("unsure", replace(QUIET, model="starter"))
    scene.show("unknown", replace(QUIET, present=None, people=None, unknown_because="no pictures"))
    scene.show("away", replace(QUIET, present=None, people=None, unknown_because="sense away"))
    load = Reason("slow.pictures", width=1280, height=960)
    slow = Reason("slow.looks", load=load, seconds=2.6, advice=["camera.width: 640"])
    scene.kiosk.health({"sense": Reason("act.running_but", detail=slow)})
    scene.show("too-slow", replace(QUIET, present=None, people=None, unknown_because="too slow"))
    scene.kiosk.health({})
    scene.show("just-begun", replace(QUIET, present=None, people=None, unknown_because="just begun"))
    for status in ("off", "scheduled off", "lent", "starting"):
        scene.show(
            status.replace(" ", "-"), replace(QUIET, camera=status == "starting", camera_status=status, people=None)
        )
    lost = Reason("eye.status_lost", detail=Reason("usb.absent", name="/dev/video0"))
    scene.show("lost", replace(QUIET, camera_status=lost, people=None))
    scene.show("one-person", replace(USUAL, people=1))
    base = NowPlaying("playing", "mood", "happy", "Sunny side", since=NOW, as_of="2026-11-24T20:40:00+01:00")
    for name, playing in {
        "playing": base,
        "playing-live": replace(base, live=True),
        "paused": replace(base, state="paused"),
        "others": replace(base, by="others", title="Waterloo", artist="ABBA"),
        "dry-run": replace(base, state="dry run"),
        "something": NowPlaying("playing", "others"),
        "nameless": replace(base, what=Reason("songs.the_playlist", mood=how("happy"))),
        "nameless-dry-run": replace(base, what=Reason("songs.the_radio", host="radio.example"), state="dry run"),
    }.items():
        scene.show(name, replace(USUAL, now_playing=playing))
    silent = replace(USUAL, now_playing=None)
    scene.show("music-none", silent)
    scene.show("music-off", replace(silent, music=False))
    scene.show("music-override", replace(silent, override_until=NOW))
    scene.show("music-quiet", replace(silent, quiet_until=NOW))
    scene.kiosk.decided(
        Decision("none", 0.0, Reason("music.not_played", reason=Reason("gate.quiet_hours", until="07:00")))
    )
    scene.show("music-why-not", silent)
    for number, days in enumerate((1, 5, -1)):
        scene.kiosk.health({"broker": "lost", "memory": "the disk is full", "login_days_left": days})
        scene.show(f"notices-{number}", replace(USUAL, player_status="the speaker is away"))
        scene.page.locator(".notice").first.click()
        scene.look(f"notices-sheet-{number}")
        scene.close()
    scene.kiosk.health({"broker": "connected", "memory": "ready", "login_days_left": -1})
    scene.show("notices-two", replace(USUAL, player_status="the speaker is away"))
    scene.kiosk.health({"broker": "connected", "memory": "ready", "login_days_left": None})
    scene.show("", USUAL)
    scene.page.locator("#louder").click()
    scene.answers["pause"] = {"hang_up": True}
    scene.page.locator("#pause").click()
    scene.page.wait_for_timeout(300)
    scene.look("toasts")
    scene.answers["volume_cap"] = {"ok": True, "text_key": "music.at_most_set", "text_fields": {"percent": 60}}
    scene.page.locator("#louder").click()
    scene.page.wait_for_timeout(300)
    scene.look("toasts-no-louder")
    scene.answers["pause"] = {"ok": True, "text_key": "player.nothing_plays", "text_fields": {}}
    scene.page.locator("#pause").click()
    scene.page.wait_for_timeout(300)
    scene.look("toasts-nothing-plays")


def song(number: int, **changes: Any) -> dict[str, Any]:
    """One of the list, as `/api/command` has it."""
    found = {
        "id": f"{number:02x}", "kind": "playlist", "title": "Sunny side", "by": "", "songs": None, "seconds": None,
        "cover": None, "own": False, "youtube_url": "https://music.youtube.com/search?q=x",
    }  # fmt: skip
    made: dict[str, Any] = json.loads(msgspec.json.encode(said(found | changes, ("title",)), enc_hook=plain))
    return made


NAMELESS = ("playlist", "album", "artist")
SONGS = [
    song(1, own=True, songs=1),
    song(2, kind="album", songs=12, by="ABBA"),
    song(3, kind="artist", title="Nena"),
    song(4, kind="track", title="99 Luftballons", by="Nena", seconds=233.0),
    song(5, kind="radio", title=Reason("songs.the_radio", host="radio.example")),
    song(6, kind="search", title="uplifting"),
    *(song(7 + n, title=Reason(f"songs.the_{kind}", mood=Reason("as.happy"))) for n, kind in enumerate(NAMELESS)),
]  # fmt: skip


def songs(scene: Scene) -> None:
    """Recommend me songs, from the question to the code for the phone."""
    scene.show("", QUIET)
    scene.open("recommend")
    scene.look("recommend-mood")
    scene.close()
    scene.show(
        "", replace(USUAL, recommendation=Recommendation("Sunny side", "https://music.youtube.com/search?q=sunny"))
    )
    scene.open("recommend")
    scene.look("recommend-taste")
    scene.kiosk.offer(
        (Song("01", "playlist", "Sunny side", Choice("playlist", "Sunny side"), SONGS[0]["youtube_url"]),)
    )
    scene.answers["recommendations"] = None
    scene.press("recommend.go")
    scene.look("songs-wait")
    scene.release(data=SONGS)
    scene.look("songs")
    scene.answers |= {"more_like": {"ok": True, "data": SONGS}, "not_again": {"ok": True, "data": SONGS}}
    scene.press("songs.more", title="Sunny side")
    scene.press("songs.not", title="Sunny side")
    scene.look("songs-toasts")
    scene.press("songs.open", title="Sunny side")
    scene.look("songs-code")
    scene.close()
    scene.answers |= {"recommend": None, "recommendations": {"ok": True, "data": SONGS}}
    scene.open("recommend", "songs.surprise")
    scene.look("recommend-wait")
    scene.release(text="")
    scene.look("recommended")
    scene.close()


def sheets(scene: Scene) -> None:
    """More, and all that is behind it."""
    scene.page.evaluate("document.documentElement.dataset.session = 'yes'")
    taught = replace(USUAL, model="taught", remembers=True)
    scene.show("", replace(USUAL, model="starter"))
    scene.open("more")
    scene.look("more-never-taught")
    scene.close()
    scene.show("", taught)
    scene.open("more")
    scene.look("more")
    scene.press("do.mood")
    scene.look("choose-mood")
    scene.close()
    scene.open("more", "do.wrong")
    scene.look("wrong")
    scene.page.locator("#sheet .moods button").first.click()
    scene.waits_for("wrong.now")
    scene.look("wrong-now")
    scene.close()
    scene.show("", replace(taught, labels=()))
    scene.open("more", "do.wrong")
    scene.look("no-labels")
    scene.close()
    scene.show("", taught)
    scene.open("more", "do.calibrate")
    scene.look("calibrate")
    scene.answers["calibrate"] = None
    scene.press("do.start")
    scene.look("calibrate-look")
    scene.page.wait_for_timeout(5200)  # as long as the page itself counts
    scene.look("calibrate-nearly")
    scene.release(ok=False, error="x", error_key="calibrated.nobody", error_fields={})
    scene.look("calibrate-failed")
    scene.show("nobody-seen", replace(QUIET, present=False, people=0))
    scene.press("calibrate.again")
    scene.look("calibrate-nobody")
    scene.show("calibrate-off", replace(QUIET, camera_status="off", camera=False))
    scene.close()
    scene.show("", taught)
    scene.open("more", "more.forget")
    scene.look("forget-one")
    scene.close()
    scene.show("", replace(taught, person=None))
    scene.open("more", "more.forget")
    scene.look("forget-all")
    scene.close()
    scene.open("more", "teach.undo_last")
    scene.look("teach-undo")
    scene.close()


def day_and_why(scene: Scene) -> None:
    """The day, and the decisions: none yet, some, and no answer."""
    kinds = ("mood", "nobody", "unsure", "blind")
    spans = [
        {"at": f"2026-11-24T{8 + n:02}:00:00+01:00", "seen": kind, "mood": "happy"} for n, kind in enumerate(kinds)
    ]
    for name, found in (("none", []), ("some", spans)):
        scene.answers["history"] = {"spans": found, "now": NOW}
        scene.open("day")
        # The words of the list stand in the sentence above it as well, which is there at once.
        expect(scene.page.locator("#sheet .spans li")).to_have_count(len(found))
        if not found:
            scene.waits_for("today.none")
        scene.look(f"today-{name}")
        scene.close()
    for name, answer in (("none", {"ok": True, "data": []}), ("unreachable", {"hang_up": True})):
        scene.answers["why"] = answer
        scene.open("why")
        scene.waits_for("why.none" if "data" in answer else "unreachable")
        scene.look(f"why-{name}")
        scene.close()


def teaching(scene: Scene) -> None:
    """A sitting, with every view, hint and doubt, and both ends."""
    scene.show("", replace(USUAL, model="starter"))
    begin = ("more", "teach.do")
    scene.open(*begin)
    scene.page.locator("#sheet summary").click()
    scene.look("teach")
    scene.press("teach.start")
    scene.look("teach-soon")
    step = {"label": "happy", "number": 2, "count": 5}
    views = (
        "seen",
        "nobody",
        "two people",
        "no picture",
        "too dark",
        "too bright",
        "too far",
        "too blurred",
        "turned away",
        "mouth covered",
    )
    for view in views:
        scene.teach(f"teach-view-{view.replace(' ', '-')}", phase="waiting", view=view, text="x", **step)
    scene.teach("teach-countdown", phase="countdown", view="seen", seconds=3.0, left_seconds=2.4, **step)
    for hint in ("relax", "show", "move", "vary"):
        scene.teach(
            f"teach-hint-{hint}", phase="recording", view="seen", hint=hint, seconds=5.0, left_seconds=2.5, **step
        )
    scene.teach("teach-fitting", phase="fitting", number=5, count=5)
    whats = ("few frames", "crosswise", "alike", "unlike", "two people", "frozen")
    doubts = tuple(Remark(what, "sad", "angry", text="x") for what in whats)
    scene.teach("teach-better", phase="shown", number=5, count=5, proof=replace(PROOF, remarks=doubts))
    scene.press("teach.keep")
    scene.look("teach-learnt")
    for name, press, proof in (("same", "teach.undo", replace(PROOF, better=False)), ("left", "do.close", None)):
        scene.kiosk.teaching(None)
        scene.page.wait_for_timeout(7200 if name == "left" else 0)  # the messages before have gone
        scene.open(*begin)
        scene.press("teach.start")
        scene.teach(f"teach-{name}-begun", phase="waiting", view="seen", **step)
        if proof:
            scene.teach("teach-same", phase="shown", number=5, count=5, proof=proof)
        scene.press(press)
        scene.page.wait_for_timeout(200)
        scene.look(f"teach-{name}")
    scene.kiosk.teaching(None)
    scene.open(*begin)
    scene.press("teach.start")
    scene.teach("teach-again", phase="waiting", view="seen", **step)
    scene.teach("teach-over", phase="over", text=Reason("taught.nothing_kept", why=Reason("taught.left")))
    scene.close()


def offline(scene: Scene) -> None:
    """The kiosk is away."""
    scene.kiosk.stop()
    expect(scene.page.locator("#stale")).to_be_visible(timeout=60_000)
    scene.look("stale")


def reasons(scene: Scene, keys: list[str]) -> None:
    """What the kiosk says by itself, as its decisions are told: a dozen to a sheet."""
    own = words(scene.language)
    lines = [
        {"at": Reason("time.near", time="20:14"), "text": Reason(key, **fields_of(own.get(key) or own[f"{key}.other"]))}
        for key in keys
    ]
    for number in range(0, len(lines), LINES_A_SHEET):
        some = [said(line, ("at", "text")) for line in lines[number : number + LINES_A_SHEET]]
        scene.answers["why"] = {"ok": True, "data": json.loads(msgspec.json.encode(some))}
        scene.open("why")
        expect(scene.page.locator("#sheet .why li")).to_have_count(len(some))
        scene.look(f"reasons-{number // LINES_A_SHEET:02}")
        scene.close()


ROOMS: tuple[Callable[[Scene], None], ...] = (front, songs, sheets, day_and_why, teaching)


def sentences(language: str) -> dict[str, list[str]]:
    """What the page may show, by key: a sentence, or one for each plural form."""
    own = shown(dict(words(language)))
    found: dict[str, list[str]] = {}
    for key, text in own.items():
        base = key.rpartition(".")[0]
        found.setdefault(base if f"{base}.other" in own else key, []).append(text)
    return {key: texts for key, texts in found.items() if key not in NAMES}


def unseen(language: str, seen: set[str]) -> list[str]:
    """The keys of sentences of which none of these texts is one; of plural forms one is enough."""
    text = "\n".join(seen)
    return [key for key, forms in sentences(language).items() if not any(_stands_in(text, form) for form in forms)]


def _stands_in(text: str, sentence: str) -> bool:
    """Whether it is there; short words only by themselves, for they are parts of others."""
    pattern = "".join(".+?" if n % 2 else re.escape(part) for n, part in enumerate(SLOT.split(sentence)))
    if len(sentence) < SHORT:
        pattern = f"(?:^|[·:,] ){pattern}(?:$| ·|[:,])"
    return re.search(pattern, text, re.MULTILINE) is not None


def side_by_side(pictures: list[dict[str, bytes]]) -> None:
    """Keeps the pictures of a state in all languages as one."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    for name in pictures[0]:
        decoded = [cv2.imdecode(np.frombuffer(each[name], np.uint8), cv2.IMREAD_COLOR) for each in pictures]
        cv2.imwrite(
            str(SCREENSHOTS / f"walk-{name}.jpeg"), np.hstack([picture for picture in decoded if picture is not None])
        )


@pytest.mark.timeout(1800)
def test_every_sentence_of_both_languages_is_shown_in_a_walk_through_all_states(
    browser: Browser, tmp_path: Path
) -> None:
    own = re.compile("|".join(pattern for pattern, _ in in_assets()))
    pictures, lacking = [], []
    for language, locale in LANGUAGES.items():
        with page_only(tmp_path) as (kiosk, address), opened(browser, address, locale=locale) as watched:
            scene = Scene(kiosk, watched.page, language)
            scene.begin()
            for room in ROOMS:
                room(scene)
                scene.answers.clear()
            reasons(scene, sorted(key for key in sentences(language) if not own.fullmatch(key)))
            offline(scene)
            missing = set(unseen(language, scene.seen)) - set(ELSEWHERE)
            lacking += [f"{language}: {key}" for key in sorted(missing)]
            if language != "en":
                lacking += [f"{language}, and seen in English: {key}" for key in english_in("\n".join(scene.seen))]
            pictures.append(scene.pictures)
    side_by_side(pictures)
    if lacking:
        pytest.fail("never shown, or in English:\n" + "\n".join(lacking), pytrace=False)
