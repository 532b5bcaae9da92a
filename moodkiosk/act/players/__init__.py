"""What carries a decision out: `player` is the seam, `choose` makes the configured one, `performer` has it work.

`dryrun` only says what it would play, `mqtt` hands the decision to a home automation, `mpd` plays on an MPD server,
`spotify` on a Connect device. `worker` is the thread of the one at work, `exchange` puts another player in its place.
`state_file` is what survives a restart, `covers` keeps pictures for the page, `lowered` is how loud it may be.
"""
