"""The connection to the broker; it knows nothing of moods.

`connection` is its thread: it connects, serves, backs off (`backoff`) and comes back. `client` makes paho's client,
`bounded` keeps no more of a message than is of use, `pump` waits and has paho read and write, `silence` is when a quiet
broker is asked, `unacknowledged` tells a slow one, `subscriptions` are what is wanted, `condition` what is wrong.
"""
