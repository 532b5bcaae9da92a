"""What an operator runs.

`run`, `demo`, `replay`, `control` (commands to the running kiosk), `display` (its screen), `doctor`; `broker` is a
private MQTT broker for the demo and for tests.
"""
