"""Decide: pure functions from readings to events and decisions. No I/O, no clock.

`kiosk` is the whole: one step from `state` and one of the `inputs` to the next state, with `times` passed in.
`perception` is what is seen: `presence` (is somebody here), `debounce` (in what mood), `camera` (may it look).
`music` decides what is played; `answers` are the commands, `reports` what the player says, `view` what is shown.
`settings` is what the household wants, `limits` what may be set, `hours` "22:30-07:00"; `memory` survives a restart.
"""
