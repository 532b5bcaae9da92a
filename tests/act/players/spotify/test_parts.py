"""The parts of the Spotify player that are pure, the doctor's probe, and the two players without Spotify."""

from __future__ import annotations

import ast
import json
import logging
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moodkiosk.act.players import choose
from moodkiosk.act.players.lowered import Lowered, volume
from moodkiosk.act.players.player import Player, never
from moodkiosk.act.players.spotify import override
from moodkiosk.act.players.spotify.account.tokens import LIFE_DAYS, days_left, warning
from moodkiosk.act.players.spotify.doctor import probe
from moodkiosk.act.players.spotify.memory import Memory, Started
from moodkiosk.act.players.spotify.web_api import errors
from moodkiosk.act.players.spotify.web_api.answers import Context, Device, Playback
from moodkiosk.act.players.state_file import StateFile
from moodkiosk.config.settings import Config, KioskSettings, MqttSettings
from moodkiosk.decide.settings import MusicSettings
from moodkiosk.moods.choice import Choice
from moodkiosk.moods.decision import Decision
from moodkiosk.moods.report import PlayerReport
from tests.support.spotify_home import HAPPY, HandClock, Household, openapi
from tests.support.webapi import Seen, WebApi, device, error

DAY = 86_400.0


class TestPeople:
    """`hands_off`, as a table of what is playing."""

    SPEAKER = Device("d1", "Living room")
    PHONE = Device("p1", "Ana's phone")

    @pytest.mark.parametrize(
        ("playback", "said"),
        [
            (None, None),
            (Playback(SPEAKER, Context("ours"), is_playing=True), None),
            (Playback(Device("d9", "LIVING ROOM"), Context("ours"), is_playing=True), None),
            (Playback(Device("d1", "renamed"), Context("ours"), is_playing=True), None),
            (Playback(SPEAKER, Context("maybe ours"), is_playing=True), None),
            (Playback(SPEAKER, Context("spotify:station:playlist:1"), is_playing=True), None),
            (Playback(PHONE, Context("spotify:station:playlist:1"), is_playing=True), "plays something else on Ana"),
            (Playback(SPEAKER, Context("theirs"), is_playing=True), "plays something else on Living room"),
            (Playback(SPEAKER, None, is_playing=True), "plays something else on Living room"),
            (Playback(None, None, is_playing=True), "plays something else on another device"),
            (Playback(PHONE, Context("ours"), is_playing=True), "moved the music to Ana's phone"),
            (Playback(SPEAKER, Context("ours")), "paused the music on Living room"),
            (Playback(PHONE, Context("theirs")), "paused the music on Ana's phone"),
            (Playback(PHONE, Context("theirs"), timestamp=int(1000 * (10 * DAY - 599))), "paused the music"),
            (Playback(PHONE, Context("theirs"), timestamp=int(1000 * (10 * DAY - 600))), None),
            (Playback(PHONE, Context("ours"), timestamp=int(1000 * (10 * DAY - 600))), "paused the music"),
            (Playback(SPEAKER, Context("theirs"), timestamp=int(1000 * (10 * DAY - 600))), "paused the music"),
            (Playback(SPEAKER, Context("ours"), timestamp=int(1000 * (10 * DAY - 3599))), "paused the music"),
            (Playback(SPEAKER, Context("ours"), timestamp=int(1000 * (10 * DAY - 3600))), None),
            (Playback(SPEAKER, Context("ours"), timestamp=int(1000 * (11 * DAY))), "paused the music"),
            (Playback(SPEAKER, Context("ours"), timestamp=1), "paused the music"),
        ],
    )
    def test_what_is_left_alone(self, playback: Playback | None, said: str | None) -> None:
        memory = Memory("Living room", "d1", started=Started("ours", "d1", 0.0), pending="maybe ours")
        found = override.hands_off(playback, "Living room", memory, 10 * DAY, override.Respect(3600, 600))
        assert (found is None) == (said is None)
        assert said is None or (found is not None and said in found)

    @given(
        current=st.integers(0, 100),
        cap=st.integers(0, 100),
        was=st.integers(0, 100),
        now=st.integers(0, 100),
        noted=st.booleans(),
    )
    def test_a_volume_is_never_set_above_the_cap_nor_above_what_a_person_chose(
        self, current: int, cap: int, was: int, now: int, noted: bool
    ) -> None:
        lowered = Lowered(max(was, now), now) if noted else None
        target, after = volume(current, cap, lowered)
        chosen = lowered.was if lowered is not None and lowered.now == current else current
        assert target is None or target <= min(cap, chosen)
        assert current <= cap or target == cap
        assert after is None or after.was == chosen or target is None
        if target is not None and target > current:
            assert lowered is not None
            assert lowered.now == current


class TestSixMonths:
    @pytest.mark.parametrize(
        ("left", "due"), [(None, None), (31, None), (30, 30), (8, 30), (7, 7), (1.1, 7), (1, 1), (-5, 1)]
    )
    def test_the_warning_that_is_due(self, left: float | None, due: int | None) -> None:
        assert warning(left) == due

    def test_a_clock_from_before_the_sign_in_says_nothing(self) -> None:
        assert days_left(100 * DAY, 50 * DAY) is None
        assert days_left(None, 50 * DAY) is None
        assert days_left(100 * DAY, 101 * DAY) == LIFE_DAYS - 1


class TestTrouble:
    @given(
        status=st.integers(200, 599),
        body=st.binary(max_size=60),
        kind=st.sampled_from(["application/json", "text/html"]),
    )
    def test_every_answer_is_good_or_a_trouble_in_words(self, status: int, body: bytes, kind: str) -> None:
        found = errors.of_answer(status, {"Content-Type": kind}, body, reading=True)
        assert (found is None) <= (status < 300)
        assert found is None or found.text

    @given(
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=8),
            lambda inner: (
                st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["error", "message", "x"]), inner)
            ),
            max_leaves=6,
        ),
        st.sampled_from([400, 401, 403, 404, 429, 500]),
    )
    def test_errors_of_any_shape_are_errors_of_ours(self, said: object, status: int) -> None:
        assert errors.of_answer(status, {}, json.dumps(said).encode(), reading=False) is not None

    @given(st.text(max_size=20))
    def test_any_retry_after_is_bearable(self, text: str) -> None:
        found = errors.of_answer(429, {"Retry-After": text}, b"", reading=True)
        assert found is not None
        assert found.retry_after_seconds is None or 0 <= found.retry_after_seconds <= errors.BUSY_SECONDS_MAX


DAMAGED = (
    b"",
    b"{",
    b"[]",
    b'{"requests": "many"}',
    b"\xff\xfe",
    b'{"busy_until": 1e300}',
    b'{"started": {"uri": "x", "speaker_id": "y", "at": -1e13}}',
    b'{"begun": {"x": [999999999999999]}}',
    b" " * 5_000_000,
)


class TestStateFile:
    @pytest.mark.parametrize("content", DAMAGED)
    def test_a_damaged_file_is_a_fresh_start(self, tmp_path: Path, content: bytes) -> None:
        (tmp_path / "spotify.json").write_bytes(content)
        file = StateFile(tmp_path / "spotify.json", Memory)
        assert file.kept == Memory()
        file.kept.requests = 3
        file.save()
        assert StateFile(tmp_path / "spotify.json", Memory).kept.requests == 3

    def test_nothing_is_written_while_nothing_changes(self, tmp_path: Path) -> None:
        file = StateFile(tmp_path / "spotify.json", Memory)
        file.kept.requests = 3
        file.save()
        (tmp_path / "spotify.json").unlink()
        file.save()
        assert list(tmp_path.iterdir()) == []

    def test_a_folder_that_cannot_be_written_is_said_once(
        self, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        (tmp_path / "file").touch()
        file = StateFile(tmp_path / "file" / "spotify.json", Memory)
        for count in range(3):
            file.kept.requests = count + 1
            file.save()
        assert caplog.text.count("cannot keep") == 1


class TestDoctor:
    def test_the_speaker_is_there(self, tmp_path: Path) -> None:
        with WebApi(openapi()) as api:
            house = Household(api, tmp_path, HandClock())
            house.keep_tokens(WebApi.sign_in(api, expires_at=9e9, expires_in=9e9))
            api.now = lambda: 0.0
            assert probe(house.config, tmp_path) is None
            assert house.told() == ["GET /me/player/devices"]

    def test_each_problem_comes_with_what_to_do(self, tmp_path: Path) -> None:
        with WebApi(openapi()) as api:
            house = Household(api, tmp_path, HandClock())
            house.keep_tokens(api.sign_in(expires_at=9e9, expires_in=9e9))
            api.now = lambda: 0.0
            api.devices = [device("Kitchen", "k1")]
            assert probe(house.config, tmp_path) == (
                "speaker 'Living room' not connected: choose it once in the Spotify app (connected: Kitchen)"
            )
            house.token_file.unlink()
            assert probe(house.config, tmp_path) == "not signed in to Spotify: run 'moodkiosk login'"


class TestDouble:
    def test_a_deprecated_or_unknown_request_fails_the_test(self, extra: Path) -> None:
        asked = [
            Seen("GET", "/v1/artists/1vCWHaC5f2uS3yhpwWbIA6/top-tracks", {}, {}, 0.0),
            Seen("GET", "/v1/me/player/nothing", {}, {}, 0.0),
            Seen("GET", "/v1/search", {"q": "happy", "type": "playlist", "limit": "20"}, {}, 0.0),
        ]
        for seen in asked:
            api = WebApi(extra / "spotify" / "openapi.yml")
            api.answer(seen, {})
            with pytest.raises(AssertionError), api:
                pass

    def test_it_asks_for_a_token_that_is_good(self) -> None:
        with WebApi() as api:
            refused = api.answer(Seen("GET", "/v1/me", {}, {}, 0.0), {"authorization": "Bearer nonsense"})
            assert refused == error(401, "The access token expired")


PLAY = Decision(
    "play",
    1.0,
    "somebody looks happy",
    mood="happy",
    what="Sunny side",
    speaker="Kitchen",
    choices=(Choice("playlist", "Sunny side"), Choice("uri", HAPPY), Choice("search", "happy german")),
    volume_percent_max=40,
    youtube_url="https://music.youtube.com/search?q=happy",
    language="german",
    genre="schlager",
)


def carry_out(player: Player, decision: Decision) -> PlayerReport:
    report = player.play(decision, never)
    assert report is not None
    return report


class TestOtherPlayers:
    def test_the_dry_run_says_what_it_would_play_and_where(
        self, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.INFO)
        player = choose.make(Config(), tmp_path, lambda _topic, _payload: False, HandClock().clock())
        report = carry_out(player, PLAY)
        assert (report.kind, report.what, report.mood, report.uri) == ("played", "Sunny side", "happy", None)
        assert "would play Sunny side on Kitchen, not louder than 40 %" in caplog.text
        assert carry_out(player, Decision("pause", 1.0, "", speaker="Kitchen")).kind == "paused"
        assert carry_out(player, Decision("skip", 1.0, "", speaker="Kitchen")).kind == "skipped"
        assert carry_out(player, Decision("play", 1.0, "", speaker="Kitchen")).kind == "failed"
        assert player.status().requests_today == 0

    def test_the_mqtt_player_publishes_what_to_play(self, tmp_path: Path) -> None:
        sent: list[tuple[str, bytes]] = []

        def publish(topic: str, payload: bytes) -> bool:
            sent.append((topic, payload))
            return len(sent) < 3

        config = Config(kiosk=KioskSettings(id="hall"), music=MusicSettings(player="mqtt"))
        player = choose.make(config, tmp_path, publish, HandClock().clock())
        assert carry_out(player, PLAY).kind == "played"
        assert carry_out(player, Decision("pause", 1.0, "", speaker="Kitchen")).kind == "paused"
        assert [topic for topic, _ in sent] == ["moodkiosk/hall/play"] * 2
        message = json.loads(sent[0][1])
        assert message == {
            "action": "play",
            "mood": "happy",
            "what": "Sunny side",
            "speaker": "Kitchen",
            "uri": HAPPY,
            "playlist": "Sunny side",
            "search": "happy german",
            "choices": [
                {"kind": "playlist", "value": "Sunny side"},
                {"kind": "uri", "value": HAPPY},
                {"kind": "search", "value": "happy german"},
            ],
            "volume_percent_max": 40,
            "fade_seconds": 0.0,
            "continues": False,
            "finish_song": False,
            "asked": False,
            "language": "german",
            "artist": "",
            "genre": "schlager",
            "youtube_url": "https://music.youtube.com/search?q=happy",
            "reason": "somebody looks happy",
        }
        assert set(json.loads(sent[1][1])) == set(message)
        report = carry_out(player, PLAY)
        assert (report.kind, report.status) == (
            "failed",
            "not connected to the MQTT broker: the player 'mqtt' cannot be asked to play",
        )
        assert player.status().text == report.status

    def test_the_mqtt_players_topic_can_be_set(self, tmp_path: Path) -> None:
        topics: list[str] = []
        config = Config(music=MusicSettings(player="mqtt"), mqtt=MqttSettings(player_topic="house/music"))
        player = choose.make(config, tmp_path, lambda topic, _payload: not topics.append(topic), HandClock().clock())  # type: ignore[func-returns-value] # in one line
        carry_out(player, PLAY)
        assert topics == ["house/music"]


def test_making_the_player_does_not_wait_for_spotipy() -> None:
    """The modules that are imported while act starts load neither spotipy nor requests."""
    player = "moodkiosk.act.players.spotify.player"
    code = f"import sys, {player}; print([n for n in ('spotipy', 'requests') if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=True)
    assert ast.literal_eval(done.stdout) == []
