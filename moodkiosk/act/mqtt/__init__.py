"""MQTT: what the kiosk publishes, what it may be asked, and the connection beneath. `publisher` is all act needs.

`topics` names them, `payloads` are what is said, `outbox` what waits, `connection` and `client` the way (`backoff`,
`silence`, `throttle`, `unacknowledged` keep it polite), `visit` a short call on the broker, `tables` the tables of the
documentation. `bounded` keeps no more of a message than is of use, `twin` finds another kiosk with our id.
"""
