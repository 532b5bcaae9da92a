"""What an operator runs.

`run`, `demo`, `replay` (`replay_neutral`: whose face at rest it subtracts; `paced`: how many frames it looks at),
`control` (commands to the running kiosk), `teach` (a sitting), `display` (its screen), `doctor`; `status` writes the
kiosk for people and `songs` what there is to choose from, `page_address` says where the page is; `command_line` is all
that may be typed, `completion` helps the shell; `tunes` composes music; `broker` is a private MQTT broker for the demo
and for tests.
"""
