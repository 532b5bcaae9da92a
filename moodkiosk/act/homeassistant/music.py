"""What plays and what may be asked of the music, as entities."""

from __future__ import annotations

from moodkiosk.act.homeassistant.about import About, Offered
from moodkiosk.act.homeassistant.pieces import (
    STATE_LIMIT,
    Entity,
    Keys,
    button,
    diagnostic,
    in_words,
    sentence,
    switch,
    text,
)
from moodkiosk.act.mqtt.topics import Topics
from moodkiosk.decide.music.songs import MOST

PLAYING = (
    "{% set now = value_json.now_playing %}"
    "{% set song = now.title ~ (' – ' ~ now.artist if now.artist else '')"
    " if now and now.state == 'playing' and now.title else none %}"
    f"{{{{ ({in_words('playing')} or song | string)[:{STATE_LIMIT}] }}}}"
)
"""What we started, in words; else the song that others play. "None" is unknown: nothing does, or it is paused."""


def _place(name: str, topics: Topics, key: str, icon: str) -> Keys:
    """One of the songs to choose from, by its place in the list."""
    return {
        "name": name,
        "icon": icon,
        "options": [str(place) for place in range(1, MOST + 1)],
        "state_topic": topics.recommendations,
        "value_template": "None",  # nothing stays chosen
        "command_topic": topics.command(key),
    }


def music(about: About, offered: Offered) -> dict[str, Entity]:
    """What plays, and what may be asked of the music."""
    topics = about.topics
    look = button("Look at what plays", topics, "look", "mdi:refresh", "diagnostic")
    return {
        **_playing(topics),
        **_recommended(topics),
        **_left_alone(topics, offered.loudest),
        "language": ("text", text("Language of songs", topics, "language", 100, "mdi:translate", config=True)),
        "artist": ("text", text("Artist", topics, "artist", 100, "mdi:account-music", config=True)),
        "find_songs": ("button", button("Find songs", topics, "recommendations", "mdi:playlist-edit")),
        "choose": ("select", _place("Play from the list", topics, "choose", "mdi:playlist-check")),
        "more_like": ("select", _place("More like this", topics, "more_like", "mdi:thumb-up-outline")),
        "not_again": ("select", _place("Not this again", topics, "not_again", "mdi:thumb-down-outline")),
        "recommend": ("button", button("Recommend now", topics, "recommend", "mdi:playlist-play")),
        "play": ("button", button("Play", topics, "play", "mdi:play")),
        "pause": ("button", button("Pause", topics, "pause", "mdi:pause")),
        **({"look": ("button", look)} if about.looks else {}),
        "skip": ("button", button("Next song", topics, "skip", "mdi:skip-next")),
    }


def _playing(topics: Topics) -> dict[str, Entity]:
    return {
        "music": ("switch", switch("Automatic music", topics, "music", "mdi:music")),
        "playing": (
            "sensor",
            sentence("Playing", topics, "playing", "mdi:music-note")
            | {
                "value_template": PLAYING,
                # Home Assistant drops attributes of some names without a word, "state" among them.
                "json_attributes_template": "{% set now = value_json.now_playing or {'state': 'idle'} %}"
                f"{{{{ dict({{'text': {in_words('playing')},"
                " 'volume_level': value_json.volume_cap / 100, 'playback': now.state},"
                " **dict(now.items() | rejectattr(0, 'eq', 'state'))) | tojson }}",
            },
        ),
        "player_status": (
            "sensor",
            sentence("Player status", topics, "player_status", "mdi:speaker") | {"entity_category": "diagnostic"},
        ),
    }


def _recommended(topics: Topics) -> dict[str, Entity]:
    return {
        "recommendation": (
            "sensor",
            {
                "name": "Recommendation",
                "icon": "mdi:playlist-music",
                "state_topic": topics.state,
                "value_template": "{{ (value_json.recommendation or {'title': 'None'}).title[:255] }}",
                "json_attributes_topic": topics.state,
                "json_attributes_template": "{{ (value_json.recommendation or"
                " {'title': None, 'youtube_url': None, 'spotify_uri': None}) | tojson }}",
            },
        ),
        "recommendations": (
            "sensor",
            {
                "name": "Songs to choose from",
                "icon": "mdi:playlist-star",
                "state_topic": topics.recommendations,
                "value_template": "{{ value_json.count }}",
                "json_attributes_topic": topics.recommendations,
            },
        ),
    }


def _left_alone(topics: Topics, loudest: int) -> dict[str, Entity]:
    """Why music is left alone or not, for how long, and how loud it may be."""
    return {
        "last_decision": (
            "sensor",
            sentence("Last decision", topics, "last_decision", "mdi:comment-question-outline"),
        ),
        "override_until": (
            "sensor",
            diagnostic("Own choice respected until", topics.state, "override_until", "mdi:hand-back-right")
            | {"device_class": "timestamp"},
        ),
        "quiet_until": (
            "sensor",
            diagnostic("Quiet until", topics.state, "quiet_until", "mdi:sleep") | {"device_class": "timestamp"},
        ),
        "volume_cap": (
            "number",
            {
                "name": "Loudest volume",
                "icon": "mdi:volume-high",
                "entity_category": "config",
                "min": 0,
                "max": max(1, loudest),  # it wants more than "min"
                "step": 1 if loudest % 5 else 5,
                "mode": "slider",
                "unit_of_measurement": "%",
                "state_topic": topics.state,
                "value_template": "{{ value_json.volume_cap }}",
                "command_topic": topics.command("volume_cap"),
            },
        ),
    }
