"""Act: music, MQTT, the kiosk page. No camera."""
