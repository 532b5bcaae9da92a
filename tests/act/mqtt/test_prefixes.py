"""Topics below several levels of somebody's own: everything is said, heard and announced there, and nowhere else."""

from __future__ import annotations

import msgspec
import pytest

from moodkiosk.operate.broker import private_broker
from tests.support.mqtt_kiosk import kiosk, settings_for

PREFIX, BASE = "home/assistant/discovery", "house/ground-floor/moods"


@pytest.mark.slow
def test_a_kiosk_lives_below_levels_of_its_own() -> None:
    with private_broker() as broker:
        mqtt = msgspec.structs.replace(settings_for(broker), base_topic=BASE, discovery_prefix=PREFIX)
        with kiosk(mqtt, name="slashes") as one:
            root, device = f"{BASE}/slashes", f"{PREFIX}/device/moodkiosk_slashes/config"
            assert one.topic("state") == f"{root}/state"
            assert one.ask("pause", "")["ok"] is True
            (config, *_) = one.ears.until(device)
            topics = {
                value
                for own in config.json["components"].values()
                for key, value in own.items()
                if key.endswith("topic")
            }
            assert topics
            assert all(topic.startswith(f"{root}/") for topic in topics)
            before = len(one.ears.heard(device))
            one.ears.say(f"{PREFIX}/status", "online")  # Home Assistant has started, and is told everything again
            one.ears.until(device, before + 1)
            heard = {message.topic for message in one.ears.heard()}
            assert {f"{root}/{name}" for name in ("availability", "state", "info", "result")} <= heard
            assert all(topic.startswith((f"{root}/", f"{PREFIX}/")) for topic in heard)
