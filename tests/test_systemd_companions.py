"""What doctor says of the programs beside the kiosk."""

from __future__ import annotations

from pathlib import Path

import pytest

from moodkiosk import companions
from moodkiosk.settings import Config, MusicSettings, SpotifySettings

CONF = """\
# Disable caching of credentials.
{mark}LIBRESPOT_DISABLE_CREDENTIAL_CACHE=
LIBRESPOT_NAME="Living room"
"""
SPOTIFY = Config(music=MusicSettings(player="spotify"), spotify=SpotifySettings(client_id="x"))


@pytest.mark.parametrize(
    ("text", "speaker", "outcome", "words"),
    [
        (CONF.format(mark=""), "Living room", "note", "forgets its sign-in"),
        (CONF.format(mark="#"), "living ROOM", "ok", "keeps its sign-in"),
        (CONF.format(mark="#"), "Kitchen", "note", "its name is “Living room”, music.speaker is “Kitchen”"),
        (None, "Living room", "skipped", "not installed"),
    ],
)
def test_a_raspotify_that_forgets_its_sign_in_or_has_another_name_is_noticed(
    tmp_path: Path, text: str | None, speaker: str, outcome: str, words: str
) -> None:
    if text is not None:
        (tmp_path / "conf").write_text(text, encoding="utf-8")
    config = Config(music=MusicSettings(player="spotify", speaker=speaker), spotify=SPOTIFY.spotify)
    found = companions.raspotify(config, tmp_path / "conf")
    assert (found.outcome, words in found.text) == (outcome, True), found


def test_a_machine_without_the_services_is_no_failure() -> None:
    assert companions.services(Config()).outcome in ("skipped", "ok")
    assert companions.display(Config()).outcome in ("skipped", "ok")
