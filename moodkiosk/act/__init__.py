"""Act: music, MQTT, the kiosk page. No camera.

`main` starts it, `composition` puts it together, `loop` owns the kiosk's state, `pause` says how long it waits; `ports`
are the loop's seams.
`players`, `mqtt`, `homeassistant` and `web` are what it talks to.
`sockets` are the links to sense and to the command line, `orders` what sense is asked to do,
`teaching` follows a sitting. `requests` are people who wait for what the player sees, finds or has done.
`store` keeps the memory, `private` its files; `clock` is the time of day, `say` lines for people.
`surroundings` say how all of these are doing, `health` are figures of the kiosk itself (`measuring`: when they are
gathered), `metrics` figures to graph.
"""
