"""MQTT: what the kiosk publishes, what it may be asked, and the connection beneath. `Publisher` is all others need."""

from moodkiosk.act.mqtt.payloads import Health
from moodkiosk.act.mqtt.publisher import Publisher

__all__ = ["Health", "Publisher"]
