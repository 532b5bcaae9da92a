"""What goes wrong with Spotify, and what becomes of it: the table, and what one row cannot say.

The real spotipy over real HTTP to the double.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from moodkiosk.act.players.spotify.account.tokens import LIFE_DAYS
from tests.support.spotify_faults import (
    COLD,
    LIST,
    LOGIN,
    LOOK,
    NOT_CONNECTED,
    PLAY,
    PLAYER,
    TABLE,
    TOKEN,
    WARM,
    Row,
    back,
    revoked,
)
from tests.support.spotify_home import FOREIGN, HAPPY, SAD, HandClock, Household, openapi
from tests.support.webapi import Fault, Reply, Seen, WebApi, error


@pytest.fixture
def folder(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> Iterator[Path]:
    """Act's state folder; afterwards nothing secret has been said, and nothing but the token file holds a secret."""
    caplog.set_level(logging.DEBUG)
    yield tmp_path
    assert "secret-" not in caplog.text
    assert not [
        path for path in tmp_path.glob("spotify*") if "token" not in path.name and "secret-" in path.read_text()
    ]


def heard(api: WebApi) -> tuple[str, str] | None:
    """Where music plays, and which; None: it is silent."""
    playing = api.playback
    if not playing or not playing["is_playing"]:
        return None
    return playing["device"]["name"].casefold(), playing["context"]["uri"]


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.name)
def test_fault(row: Row, folder: Path) -> None:
    with WebApi(openapi()) as api:
        house = Household(api, folder, HandClock(), **row.spotify)
        if row.warm:
            house.play(SAD)
        house.told()
        row.fault(house)
        before = heard(api)

        report = house.play(HAPPY)
        assert (report.kind, row.shown in report.status) == (row.kind, True), report
        assert house.told() == row.requests
        assert heard(api) == (("living room", HAPPY) if row.kind == "played" else before), "and nowhere else"
        assert (row.status or row.shown) in house.player.status().text
        assert house.hand.waits <= 20

        if row.again_after:
            assert house.player.status().retry_at == pytest.approx(house.hand.seconds + row.again_after)
            house.hand.wind(row.again_after - 1)
            house.restart()
            assert house.play(HAPPY).kind == "failed"
            assert house.told() == []
            house.hand.wind(1)
        row.mend(house)
        house.told()
        again = house.play(SAD)
        assert (again.kind, again.uri) == ("played", SAD), again
        assert house.player.status().text == "ready"
        assert heard(api) == ("living room", SAD)


@pytest.fixture
def house(folder: Path) -> Iterator[Household]:
    with WebApi(openapi()) as api:
        yield Household(api, folder, HandClock())


def test_while_the_speaker_stays_missing_each_decision_looks_once(house: Household) -> None:
    house.api.devices = []
    house.play(HAPPY)
    house.told()
    house.play(SAD)
    assert house.told() == [LOOK, LIST]
    house.play(SAD, asked=True)
    assert house.told() == [LOOK, LIST, LIST, LIST]


def test_the_wake_command_is_run_once_until_the_speaker_was_seen_again(folder: Path) -> None:
    with WebApi(openapi()) as api:
        mark = folder / "woken"
        house = Household(api, folder, HandClock(), wake_command=("sh", "-c", f"echo >> {mark}"))
        api.devices = []
        for _ in range(3):
            assert house.play(HAPPY).kind == "failed"
        assert mark.read_text() == "\n"
        back(house)
        assert house.play(HAPPY).kind == "played"
        api.devices, api.playback = [], None
        assert house.play(SAD).kind == "failed"
        assert mark.read_text() == "\n\n"


@pytest.mark.parametrize("command", [("/nowhere/wake",), ("false",)])
def test_a_wake_command_that_fails_changes_nothing(folder: Path, command: tuple[str, ...]) -> None:
    with WebApi(openapi()) as api:
        house = Household(api, folder, HandClock(), wake_command=command)
        api.devices = []
        report = house.play(HAPPY)
        assert (report.kind, NOT_CONNECTED in report.status) == ("failed", True)


def test_the_search_for_the_speaker_ends_at_the_deadline(folder: Path) -> None:
    with WebApi(openapi()) as api:
        house = Household(api, folder, HandClock(), deadline_seconds=4.0)
        api.devices = []
        report = house.play(HAPPY)
        assert (report.kind, "took too long" in report.status) == ("failed", True)
        assert house.hand.waits <= 4


def test_music_that_began_although_the_answer_was_lost_is_known_as_ours(house: Household) -> None:
    house.api.faults = [
        Fault(PLAY, "reset", carried_out=True),
        Fault(PLAYER, error(500, "not now"), 0),
    ]
    house.play(HAPPY)
    house.restart()
    assert house.play(SAD).kind == "played"


def test_music_that_was_refused_does_not_make_others_music_ours(house: Household) -> None:
    house.api.faults = [Fault(PLAY, error(403, "Premium required", "PREMIUM_REQUIRED"))]
    house.play(FOREIGN)
    house.api.person_plays("d1", FOREIGN)
    assert house.play(HAPPY).kind == "overridden"


def test_failing_to_look_afterwards_is_no_failure(house: Household) -> None:
    class SecondLook(Fault):
        def takes(self, request: Seen) -> bool:
            return len(house.api.sent(PLAYER)) > 1 and super().takes(request)

    house.api.faults = [SecondLook(PLAYER, error(503, "not now"), None)]
    assert house.play(HAPPY).kind == "played"


def test_a_volume_that_cannot_be_lowered_at_first_is_lowered_right_after_the_start(house: Household) -> None:
    house.api.device("d1")["volume_percent"] = 90
    house.api.faults = [Fault("/volume$", error(502, "Bad gateway"))]
    assert house.play(HAPPY).kind == "played"
    assert house.api.device("d1")["volume_percent"] == 60


@pytest.mark.parametrize("what", ["/volume$", "/shuffle$"])
def test_volume_and_shuffle_never_stop_the_music(house: Household, what: str) -> None:
    house.play(SAD)
    house.api.device("d1")["volume_percent"] = 90
    house.api.faults = [Fault(what, error(403, "Player command failed: Restriction violated", "UNKNOWN"), None)]
    assert house.play(HAPPY).kind == "played"
    assert house.player.status().text == "ready"


def test_waiting_times_without_a_number_double_up_to_an_hour(house: Household) -> None:
    house.api.faults = [Fault(PLAYER, error(429, "slow down"), None)]
    waits = []
    for _ in range(8):
        assert house.play(HAPPY).kind == "failed"
        until = house.player.status().retry_at
        assert until is not None
        waits.append(until - house.hand.seconds)
        house.hand.wind(waits[-1])
    assert waits == pytest.approx([60, 120, 240, 480, 960, 1920, 3600, 3600])


def test_a_clock_that_was_set_back_does_not_prolong_the_waiting(house: Household) -> None:
    house.api.faults = [Fault(PLAYER, error(429, "slow down", Retry_After="100"))]
    house.play(HAPPY)
    house.hand.offset -= 365 * 86_400
    house.restart()
    house.hand.wind(101)
    assert house.play(HAPPY).kind == "played"


@pytest.mark.parametrize("years", [-1, 1])
def test_a_clock_that_is_wrong_by_a_year_plays_on(house: Household, years: int) -> None:
    """Spotify's clock is right: only ours is wrong. Each change of it costs one renewal, and names are looked up."""
    house.play(HAPPY)
    house.play(SAD)  # shuffle is on from here
    right = house.api.now
    house.hand.offset += years * 365 * 86_400
    house.api.now = lambda: house.hand.wall() - years * 365 * 86_400
    house.restart()
    house.told()
    assert house.play(HAPPY).kind == "played"
    assert house.told("token|player") == [TOKEN, *WARM]
    assert house.player.status().login_days_left is None or years > 0
    house.hand.offset -= years * 365 * 86_400
    house.api.now = right
    assert house.play(SAD).kind == "played"
    assert house.told() == [TOKEN, *WARM]
    assert house.play(HAPPY).kind == "played"
    assert house.told("player") == WARM
    assert house.player.status().text == "ready"


class TestSignIn:
    @pytest.mark.parametrize("rotate", [True, False])
    def test_the_access_token_is_renewed_by_itself_whether_or_not_spotify_rotates(
        self, house: Household, rotate: bool
    ) -> None:
        house.api.rotate = rotate
        first = json.loads(house.token_file.read_text())
        for then in (COLD, [LOOK], [LOOK]):  # started once, then it plays on
            house.hand.wind(3 * 3600)
            assert house.play(HAPPY).kind == "played"
            assert house.told() == [TOKEN, *then]
            house.restart()
        kept = json.loads(house.token_file.read_text())
        assert kept["authorized_at"] == first["authorized_at"]
        assert (kept["refresh_token"] != first["refresh_token"]) == rotate
        assert house.token_file.stat().st_mode & 0o777 == 0o600

    def test_an_ended_sign_in_is_set_aside_and_not_tried_again(self, house: Household) -> None:
        revoked(house)
        house.play(HAPPY)
        assert not house.token_file.exists()
        assert (house.folder / "spotify-token.json.ended").exists()
        house.told()
        house.restart()
        for _ in range(5):
            report = house.play(HAPPY)
        assert house.told() == []
        assert LOGIN in report.status

    def test_a_new_sign_in_needs_no_restart(self, house: Household) -> None:
        revoked(house)
        house.play(HAPPY)
        house.keep_tokens(house.api.sign_in())
        assert house.player.status().text == "ready"
        assert house.play(HAPPY).kind == "played"

    def test_a_sign_in_made_meanwhile_is_not_set_aside(self, house: Household) -> None:
        old = json.loads(house.token_file.read_text())["refresh_token"]
        house.play(HAPPY)
        house.api.access.clear()
        house.api.refresh.discard(old)

        class SomebodySignsIn(Fault):
            """At this very moment."""

            def takes(self, request: Seen) -> bool:
                met = super().takes(request)
                if met:
                    house.keep_tokens(house.api.sign_in())
                return met

        house.api.faults = [SomebodySignsIn("token", Reply(400, {"error": "invalid_grant"}))]
        assert house.play(SAD).kind == "failed"
        assert house.token_file.exists()

    def test_the_days_left_are_counted_and_shown_before_the_end(self, house: Household) -> None:
        status = house.player.status()
        assert (status.login_days_left, status.text) == (LIFE_DAYS, "ready")
        for days, shown in ((31, "ready"), (30, "ends in 30 days"), (2, "ends in 2 days"), (1, "ends in 1 day:")):
            house.hand.seconds = (LIFE_DAYS - days) * 86_400.0
            status = house.player.status()
            assert status.login_days_left == pytest.approx(days)
            assert shown in status.text

    def test_a_token_file_that_cannot_be_written_does_not_stop_the_music(self, folder: Path) -> None:
        with WebApi(openapi()) as api:
            path = folder / ("token" * 50)  # there is no room for the temporary file's longer name
            house = Household(api, folder, HandClock(), token_file=str(path))
            api.rotate = True
            path.write_text(json.dumps(api.sign_in()))
            before = path.read_bytes()
            for _ in range(3):
                house.hand.wind(2 * 3600)
                assert house.play(HAPPY).kind == "played"
            assert path.read_bytes() == before
