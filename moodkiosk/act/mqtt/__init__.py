"""MQTT: what the kiosk publishes, what it may be asked, and the connection beneath. `Publisher` is all act needs."""

from moodkiosk.act.mqtt.payloads import Health
from moodkiosk.act.mqtt.publisher import Publisher
from moodkiosk.act.mqtt.visit import probe

__all__ = ["Health", "Publisher", "probe"]
