"""Every button does what it says: a real Chromium, the real loop, real decisions, a dry run for a player."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from moodkiosk.act.ports import Request
from moodkiosk.act.web.access import password
from moodkiosk.decide.music.songs import song
from moodkiosk.moods.choice import Choice
from moodkiosk.moods.view import View
from moodkiosk.words.reason import Reason
from tests.support.browser import PICTURE, SCREENSHOTS, Watched, opened
from tests.support.wait import until
from tests.support.web import LABELS, Household, household, page_only

pytestmark = [
    pytest.mark.browser,
]


@pytest.fixture
def page(watched: Watched) -> Page:
    return watched.page


def button(page: Page, name: str, within: str = "dialog") -> Any:
    return page.locator(within).get_by_role("button", name=name, exact=True)


def sheet(page: Page, name: str) -> None:
    """Opens one of the sheets behind More."""
    page.locator("#more").click()
    button(page, name).click()


def allow(page: Page, home: Household, percent: int) -> None:
    """Somebody elsewhere sets the loudest volume; returns when the page has heard of it."""
    home.loop.ask(Request("volume_cap", percent)).result(10)
    page.locator("#more").click()
    expect(page.get_by_label("Never louder than")).to_have_value(str(percent))
    button(page, "Close").click()


# Music.


def test_the_first_recommendation_asks_for_a_taste_remembers_it_and_shows_a_link_to_scan(
    page: Page, home: Household
) -> None:
    page.locator("#recommend").click()
    button(page, "Deutsch").click()
    page.get_by_label("Artist").fill("Nena")
    decided = len(home.decisions)
    button(page, "Recommend").click()
    expect(page.locator("dialog .songs li").first).to_contain_text("happy Deutsch Nena")
    assert home.decisions[decided:] == [], "a list plays nothing"
    button(page, "Play some for me").click()
    link = page.locator("dialog a")
    expect(link).to_have_attribute("href", re.compile(r"^https://music\.youtube\.com/.*Nena"))
    expect(page.locator("dialog")).to_contain_text("would play “happy Deutsch Nena” on Living room")
    until(lambda: page.evaluate("document.querySelector('dialog .qr').naturalWidth > 0"), what="the QR code")
    assert (home.view.language, home.view.artist) == ("Deutsch", "Nena")
    assert [(found.action, found.asked) for found in home.decisions[decided:]] == [("play", True)]
    page.keyboard.press("Escape")
    page.locator("#recommend").click()  # the second time nothing is asked
    expect(button(page, "Play some for me")).to_be_visible()
    button(page, "Change language or artist").click()
    expect(page.get_by_label("Artist")).to_have_value("Nena")


def test_with_nobody_there_a_recommendation_asks_for_the_mood(page: Page, home: Household) -> None:
    home.see(None, people=0)
    expect(page.locator("#word")).to_have_text("Nobody here")
    page.evaluate("sessionStorage.setItem('asked', 'yes')")
    page.locator("#recommend").click()
    button(page, "Happy").click()
    expect(page.locator("dialog .songs li").first).to_contain_text("Sunny side")
    assert home.view.manual_mood == "happy"


def test_a_song_of_the_list_plays_at_a_touch_and_can_be_liked_refused_and_taken_to_a_phone(
    page: Page, home: Household
) -> None:
    album = replace(song("album", "Sun", Choice("uri", "spotify:album:sun"), by="Nena"), cover="c0ver", songs=12)
    home.songs, home.covers = (album, replace(album, id="2", title="Moon", cover="gone")), {"c0ver": PICTURE}
    home.loop.ask(Request("artist", "Wolfsheim")).result(10)  # something that was not looked for before
    page.evaluate("sessionStorage.setItem('asked', 'yes')")
    page.locator("#recommend").click()
    sun = page.locator("dialog .songs li", has_text="Sunalbum · Nena · 12 songs")
    expect(sun).to_be_visible()
    until(lambda: page.evaluate("document.querySelector('dialog img.cover').naturalWidth > 0"), what="the cover")
    moon = page.locator("dialog .songs li", has_text="Moon")
    expect(moon.locator(".drawn")).to_be_visible()  # its picture cannot be had
    page.screenshot(path=screenshot("songs"))
    sun.locator(".pick").click()
    until(lambda: home.decisions[-1].choices == (album.choice,), what="the choice")
    expect(page.locator("dialog .toasts")).to_contain_text("“Sun” on Living room")
    sun.get_by_role("button", name="Open Sun on a phone").click()
    until(lambda: page.evaluate("document.querySelector('dialog .qr').naturalWidth > 0"), what="the QR code")
    expect(page.locator("dialog a")).to_have_attribute("href", re.compile("Sun"))
    button(page, "Back").click()
    page.get_by_role("button", name="Not Sunny side again").click()
    expect(page.locator("dialog .songs")).not_to_contain_text("Sunny side")
    button(page, "Offer everything again").click()
    expect(page.locator("dialog .songs")).to_contain_text("Sunny side")
    page.get_by_role("button", name="More like Sun", exact=True).click()
    expect(page.locator("dialog .songs li", has_text="Sunyours · album · Nena")).to_be_visible()
    home.loop.ask(Request("not_again", album.id)).result(10)
    home.loop.ask(Request("not_again", "")).result(10)
    home.loop.ask(Request("artist", "")).result(10)


def test_who_asks_for_music_reads_that_it_is_starting_and_then_the_truth(
    page: Page, home: Household, watched: Watched
) -> None:
    """Started, refused, without its speaker, and overtaken by somebody else; a pause where nothing plays."""
    home.loop.ask(Request("recommend")).result(10)  # the code beside the answer is of it
    page.evaluate("sessionStorage.setItem('asked', 'yes')")
    home.at_work = []
    away = Reason("spotify.speaker_idle", name="Living room")
    refused = Reason("spotify.nothing_to_play", reason=Reason("spotify.none_set"))

    def overtaken() -> None:
        home.loop.ask(Request("pause"))
        until(lambda: len(home.at_work or ()) == 2, what="somebody else's wish")
        home.at_work = (home.at_work or [])[1:]  # the player gives up what it was at
        home.report("paused")

    outcomes: list[tuple[Callable[[], object], str]] = [
        (lambda: home.report("played"), "playing “Sunny side” on Living room"),
        (lambda: home.report("failed", refused), f"not played: {refused}"),
        (lambda: home.report("failed", away), f"not played: {away}"),
        (overtaken, "not played: something else was asked for before it could be done"),
    ]
    try:
        page.locator("#pause").click()
        expect(page.locator("#pause")).to_have_attribute("aria-busy", "true")
        until(lambda: home.at_work, what="the wish")
        home.report("nothing")
        expect(page.locator("#toasts")).to_contain_text("nothing plays")
        for happens, says in outcomes:
            page.locator("#recommend").click()
            button(page, "Play some for me").click()
            answer = page.locator("dialog .recommended")
            expect(answer).to_have_text("Starting …")
            until(lambda: home.at_work, what="the wish")
            happens()
            expect(answer.locator(".plays")).to_have_text(says)
            page.keyboard.press("Escape")
        # A browser writes every 422 into its console.
        assert [line for line in watched.complaints if "422" not in line] == []
        watched.complaints.clear()
    finally:
        home.at_work = None
        home.loop.ask(Request("play")).result(10)


def test_pause_and_next_song_reach_the_player_and_pause_is_respected(page: Page, home: Household) -> None:
    home.loop.ask(Request("recommend")).result(10)
    decided = len(home.decisions)
    page.locator("#skip").click()
    until(lambda: [found.action for found in home.decisions[decided:]] == ["skip"], what="skip")
    page.locator("#pause").click()
    until(lambda: home.decisions[-1].action == "pause", what="pause")
    expect(page.locator("#music")).to_contain_text("Left to you until")
    page.locator("#play").click()
    until(lambda: home.decisions[-1].action == "resume", what="play")
    expect(page.locator("#music")).not_to_contain_text("Left to you until")


def test_a_dry_run_is_not_said_to_play(page: Page, home: Household) -> None:
    home.loop.ask(Request("recommend"))
    expect(page.locator("#music")).to_have_text(re.compile("^Demo, would play: Sunny side"))


# Moods.


def test_a_mood_by_hand_counts_until_the_camera_decides_again(page: Page, home: Household) -> None:
    sheet(page, "Choose mood")
    button(page, "Sad").click()
    expect(page.locator("#word")).to_have_text("Sad")
    expect(page.locator("#sure-text")).to_contain_text("chosen by hand")
    assert home.view.manual_mood == "sad"
    sheet(page, "Choose mood")
    expect(button(page, "Sad")).to_have_attribute("aria-pressed", "true")
    button(page, "Let the camera decide").click()
    until(lambda: home.view.manual_mood is None, what="the camera's mood")


def test_that_s_wrong_counts_at_once_and_is_remembered_only_where_the_household_has_said_so(
    page: Page, home: Household
) -> None:
    orders = len(home.orders)
    sheet(page, "That’s wrong")
    button(page, "Surprised").click()
    expect(page.locator("#sheet-title")).to_have_text("Taken for now.")
    assert home.view.mood == "surprise"
    assert home.orders[orders:] == [], "nobody has agreed"
    button(page, "Teach me").click()
    expect(page.locator("#sheet-title")).to_have_text("Teach me")
    button(page, "Close").click()
    sheet(page, "That’s wrong")
    remember = page.get_by_role("switch", name="Remember it")
    expect(remember).not_to_be_checked()
    remember.click()
    expect(remember).to_be_checked()
    button(page, "Sad").click()
    expect(page.locator("dialog")).to_contain_text("Thank you")
    told = [(order.what, order.value) for order in home.orders[orders:] if order.what != "camera"]
    assert told == [("remember", "on"), ("correct", "sad")]
    button(page, "Close").click()
    sheet(page, "That’s wrong")
    remember.click()
    expect(remember).not_to_be_checked()
    button(page, "Close").click()


def test_the_key_back_closes_a_sheet_and_leaves_the_page_where_it_is(page: Page) -> None:
    address = page.url
    page.locator("#more").click()
    expect(page.locator("#sheet-title")).to_have_text("More")
    page.go_back()
    expect(page.locator("#sheet-title")).to_have_count(0)
    assert page.url == address
    page.locator("#more").click()  # closed by hand, no trace of it is left in the browser's history
    button(page, "Close").click()
    page.locator("#day").click()
    expect(page.locator("#sheet-title")).to_have_text("Today")
    page.go_back()
    expect(page.locator("#sheet-title")).to_have_count(0)


def test_presses_that_were_meant_as_one_are_one(page: Page, home: Household) -> None:
    decided = len(home.decisions)
    page.locator("#skip").click(click_count=3)
    page.locator("#camera").dblclick()
    until(lambda: home.view.camera_status == "off", what="the camera")
    assert [found.action for found in home.decisions[decided:]] == ["skip"]
    allow(page, home, 40)
    page.locator("#louder").click(click_count=2)  # steps may be pressed fast
    until(lambda: home.view.volume_cap == 60, what="two steps")
    page.locator("#camera").click()
    until(lambda: home.view.camera_status == "on", what="the camera")


def test_volume_is_on_the_front_and_within_bounds(page: Page, home: Household) -> None:
    allow(page, home, 5)
    page.locator("#quieter").click()
    expect(page.locator("#toasts")).to_contain_text("Never louder than 0 %")
    until(lambda: home.view.volume_cap == 0, what="silence")
    page.locator("#louder").click(click_count=3)
    expect(page.locator("#toasts")).to_contain_text("Never louder than 30 %")
    expect(page.locator("#toasts > p")).to_have_count(2)  # they do not pile up over the buttons
    allow(page, home, 55)
    page.locator("#louder").click(click_count=2)
    expect(page.locator("#toasts")).to_contain_text("never louder than 60 %: the configuration allows no more")
    assert home.view.volume_cap == 60


def test_a_step_of_the_volume_that_fails_is_told_and_not_counted_by_the_next(
    page: Page, home: Household, watched: Watched
) -> None:
    allow(page, home, 50)
    page.route("**/api/command", lambda route: route.abort())
    page.locator("#louder").click()
    expect(page.locator("#toasts")).to_contain_text("The kiosk does not answer")
    page.unroute("**/api/command")
    page.locator("#louder").click()
    expect(page.locator("#toasts")).to_contain_text("Never louder than 60 %")
    until(lambda: home.view.volume_cap == 60, what="one step")
    watched.complaints.clear()  # the browser says it as well


def test_forms_begin_with_their_first_field_and_calibrating_shows_whether_one_is_seen(
    page: Page, home: Household
) -> None:
    sheet(page, "My neutral face")
    expect(page.get_by_label("Your name")).to_be_focused()
    expect(page.locator(".seen")).to_have_text("The camera sees you.")
    home.see(None, people=0)
    expect(page.locator(".seen")).to_contain_text("sees nobody")


def test_the_neutral_face_is_taken_under_a_ring_and_its_result_is_told(page: Page, home: Household) -> None:
    home.answer = "kept as Anna's neutral face"
    sheet(page, "My neutral face")
    page.get_by_label("Your name").fill("Anna")
    button(page, "Start").click()
    expect(page.locator("dialog .ring")).to_be_visible()
    expect(page.locator("dialog")).to_contain_text("kept as Anna's neutral face")
    assert (home.orders[-1].what, home.orders[-1].value) == ("calibrate", "Anna")
    page.screenshot(path=screenshot("calibrated"))


def screenshot(name: str) -> Path:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    return SCREENSHOTS / f"{name}.jpeg"


def test_the_camera_is_switched_off_and_on(page: Page, home: Household) -> None:
    camera = page.locator("#camera")
    expect(camera).to_have_attribute("aria-pressed", "true")
    camera.click()
    expect(page.locator("#word")).to_have_text("Camera off")
    expect(camera).to_contain_text("Camera is off")
    assert (home.orders[-1].what, home.orders[-1].value) == ("camera", "off")
    camera.click()
    until(lambda: home.view.camera_status == "on", what="the camera")
    expect(camera).to_contain_text("Camera is watching")


# Why, today, more.


def test_why_tells_the_last_decisions_the_newest_first(page: Page, home: Household) -> None:
    home.loop.ask(Request("recommend")).result(60)
    with page.expect_response("**/api/why") as answered:
        page.locator("#why").click()
    decided = [line["text"] for line in answered.value.json()["data"]]
    assert any("play “Sunny side” on Living room" in text for text in decided[-3:])
    expect(page.locator("dialog .why li span")).to_have_text(decided[::-1])


def test_today_shows_the_moods_as_a_band_and_as_a_list(page: Page, home: Household) -> None:
    expect(page.locator("#day i").first).to_be_attached()
    home.see("sad")
    page.locator("#day").click()
    expect(page.locator("dialog .spans li").first).to_contain_text("Sad")
    page.screenshot(path=screenshot("today"))


def test_more_sets_automatic_music_the_loudest_volume_and_who_is_in_front(page: Page, home: Household) -> None:
    home.loop.ask(Request("volume_cap", 60)).result(10)
    page.locator("#more").click()
    switch = page.get_by_role("switch", name="Automatic music")
    expect(switch).to_have_attribute("aria-checked", "true")
    switch.click()
    expect(switch).to_have_attribute("aria-checked", "false")
    until(lambda: home.view.music is False, what="the switch")
    switch.click()
    until(lambda: home.view.music is True, what="the switch")
    slider = page.get_by_label("Never louder than")
    expect(slider).to_have_value("60")
    expect(slider).to_have_attribute("max", "60")  # as configured
    slider.focus()
    page.keyboard.press("ArrowLeft")
    until(lambda: home.view.volume_cap == 55, what="the volume")
    page.get_by_label("Who is in front?").fill("Anna")
    button(page, "Set").click()
    until(lambda: (home.orders[-1].what, home.orders[-1].value) == ("person", "Anna"), what="the person")


def test_forgetting_asks_once_more_and_says_of_whom(page: Page, home: Household) -> None:
    page.locator("#more").click()
    page.get_by_label("Who is in front?").fill("Ben")
    button(page, "Delete what is kept of a person …").click()
    expect(page.locator("dialog")).to_contain_text("Everything I keep of Ben")
    assert home.orders[-1].what != "forget"
    button(page, "Delete").click()
    until(lambda: (home.orders[-1].what, home.orders[-1].value) == ("forget", "Ben"), what="forgetting")


def test_the_appearance_is_kept_by_the_browser(page: Page) -> None:
    page.locator("#more").click()
    page.get_by_label("Dark").check()
    ground = "getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(ground)
    page.reload()
    expect(page.locator("#word")).to_have_text("Happy")
    assert page.evaluate(ground) == dark
    page.evaluate("localStorage.clear()")
    page.reload()
    assert page.evaluate(ground) != dark


def test_a_command_that_fails_is_told(page: Page, watched: Watched) -> None:
    page.route("**/api/command", lambda route: route.abort())
    page.locator("#skip").click()
    expect(page.locator("#toasts")).to_contain_text("The kiosk does not answer")
    watched.complaints.clear()  # the browser says it as well


# Guests, sign-ins, and a kiosk that goes away.


@pytest.mark.slow
def test_guests_see_everything_and_can_touch_nothing_but_why(browser: Browser, tmp_path: Path) -> None:
    with household(tmp_path, read_only=True) as home, opened(browser, home.address) as watched:
        home.see("happy")
        page = watched.page
        expect(page.locator("#word")).to_have_text("Happy")
        for name in ("recommend", "play", "pause", "skip", "quieter", "louder"):
            expect(page.locator(f"#{name}")).to_be_hidden()
        expect(page.locator("#camera")).to_be_disabled()
        page.locator("#more").click()
        expect(page.get_by_role("switch")).to_have_count(0)
        button(page, "Why?").click()
        expect(page.locator("dialog h2")).to_have_text("Why?")
        assert home.view.camera is True
        page.screenshot(path=screenshot("guests"))


@pytest.mark.slow
def test_with_a_password_there_is_a_sign_in_and_a_sign_out(browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "word"
    file.write_text(password.hashed("correct horse battery"))
    with page_only(tmp_path, password_file=str(file)) as (_, address), opened(browser, address) as watched:
        page = watched.page
        page.screenshot(path=screenshot("sign_in"))
        page.get_by_label("Password").fill("wrong horse battery")
        button(page, "Sign in", "main").click()
        expect(page.get_by_role("alert")).to_contain_text("not the password")
        page.get_by_label("Password").fill("correct horse battery")
        button(page, "Sign in", "main").click()
        expect(page.locator("#word")).to_be_visible()
        page.locator("#more").click()
        button(page, "Sign out").click()
        expect(page.get_by_label("Password")).to_be_visible()


@pytest.mark.slow
def test_the_screen_on_the_kiosk_opens_its_file_and_is_in_with_keys_to_type_on(
    browser: Browser, tmp_path: Path
) -> None:
    file = tmp_path / "word"
    file.write_text(password.hashed("correct horse battery"))
    with (
        household(tmp_path, password_file=str(file)) as home,
        opened(browser, f"file://{tmp_path}/display.html") as watched,
    ):
        page = watched.page
        home.see("happy")
        expect(page.locator("#word")).to_have_text("Happy")
        page.locator("#recommend").click()
        page.get_by_label("Artist").click()
        keys = page.locator(".keys")
        for key in ("N", "e", "n", "a", "x", "delete"):
            keys.get_by_role("button", name=key, exact=True).click()
        expect(page.get_by_label("Artist")).to_have_value("Nena")
        field, snapshot = page.get_by_label("Artist").bounding_box(), keys.bounding_box()
        assert field is not None
        assert snapshot is not None
        assert field["y"] + field["height"] <= snapshot["y"] + 1
        page.screenshot(path=screenshot("keys"))
        keys.get_by_role("button", name="Done").click()
        expect(keys).to_be_hidden()
        button(page, "Recommend").click()
        until(lambda: home.view.artist == "Nena", what="the artist")


@pytest.mark.slow
def test_a_kiosk_that_goes_away_is_said_to_be_and_one_that_comes_back_is_found(
    browser: Browser, tmp_path: Path
) -> None:
    seen = View(mood="sad", present=True, people=1, camera_status="on", labels=LABELS)
    with page_only(tmp_path) as (kiosk, address):
        kiosk.show(seen)
        with opened(browser, address) as watched:
            page = watched.page
            expect(page.locator("#word")).to_have_text("Sad")
            kiosk.stop()
            expect(page.locator("#stale")).to_contain_text("No connection to the kiosk")
            assert page.evaluate("document.getElementById('actions').inert")
            page.screenshot(path=screenshot("stale"))
            port = int(address.rstrip("/").rpartition(":")[2])
            with page_only(tmp_path, port=port) as (again, _):
                again.show(View(mood="happy", present=True, people=1, camera_status="on", labels=LABELS))
                expect(page.locator("#word")).to_have_text("Happy", timeout=60_000)
                expect(page.locator("#stale")).to_be_hidden()
                # The token is a new one, and the page has it.
                page.locator("#skip").click()
                expect(page.locator("#toasts")).to_contain_text("there is no kiosk here")


@pytest.mark.slow
def test_the_screen_on_the_kiosk_is_dark_while_nobody_is_there_and_a_touch_only_wakes_it(
    browser: Browser, tmp_path: Path
) -> None:
    nobody = View(camera_status="on", labels=LABELS)
    with page_only(tmp_path) as (kiosk, address):
        kiosk.show(nobody)
        with opened(browser, f"file://{tmp_path}/display.html") as watched:
            page = watched.page
            expect(page.locator("body")).to_have_class(re.compile("resting"))
            expect(page.locator("#word")).to_be_hidden()
            expect(page.locator("#camera")).to_be_visible()  # that it watches is said even then
            page.screenshot(path=screenshot("dark"))
            page.mouse.click(400, 440)  # where a button is
            expect(page.locator("#word")).to_have_text("Nobody here")
            expect(page.locator("#word")).to_be_visible()
            expect(page.locator("#toasts")).to_be_empty()
        with opened(browser, f"file://{tmp_path}/display.html") as watched:
            expect(watched.page.locator("#word")).to_be_hidden()
            kiosk.show(View(mood="happy", present=True, people=1, camera_status="on", labels=LABELS))
            expect(watched.page.locator("#word")).to_be_visible()
        with opened(browser, address) as watched:  # any other screen
            kiosk.show(nobody)
            expect(watched.page.locator("#word")).to_have_text("Nobody here")
            expect(watched.page.locator("#word")).to_be_visible()


# By keyboard.


def test_everything_can_be_reached_and_done_by_keyboard(page: Page, home: Household) -> None:
    reached = []
    for _ in range(9):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.id"))
    assert reached[4] in ("play", "pause")
    assert reached[:4] + reached[5:] == ["camera", "why", "day", "recommend", "skip", "quieter", "louder", "more"]
    page.locator("#more").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#sheet-title")).to_be_focused()
    for key in ("Tab", "Tab", "Tab", "Enter"):  # close, teach, choose a mood
        page.keyboard.press(key)
    expect(page.locator("#sheet-title")).to_have_text("Choose a mood")
    for _ in range(3):  # close, by the camera, the first mood
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    until(lambda: home.view.manual_mood == LABELS[0], what="the mood by hand")
    expect(page.locator("#more")).to_be_focused()
    expect(page.locator("#said")).to_have_text(re.compile("^Angry"))
