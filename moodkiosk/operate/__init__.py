"""What an operator runs.

`run`, `demo`, `replay`, `control` (commands to the running kiosk), `teach` (a sitting), `display` (its screen),
`doctor`; `status` writes the kiosk for people and `songs` what there is to choose from, `page_address` says where the
page is, `completion` helps the shell; `tunes` composes music; `broker` is a private MQTT broker for the demo and for
tests.
"""
