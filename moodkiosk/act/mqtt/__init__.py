"""MQTT: what the kiosk publishes, and what it may be asked. `publisher` is all act needs, `transport` the connection.

`topics` names them, `payloads` are what is said, `conversion` makes them of our own values, `tables` the tables of the
documentation. `outbox` is what waits: `announcement` (the discovery), `throttle` (when a state is worth sending),
`repairs` (what others have written over). `requests` are commands that come in; `twin` finds another kiosk with our id,
`visit` is a short call on the broker.
"""
