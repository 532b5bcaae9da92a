"""What carries a decision out: `player` is the seam, `choose` makes the configured one.

`dryrun` only says what it would play, `mqtt` hands the decision to a home automation, `spotify` plays on a Connect
device.
"""
