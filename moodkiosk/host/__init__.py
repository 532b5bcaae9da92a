"""What the machine gives.

`files` survive power cuts, `paths` say where they are, `version` which is the newest here;
`machine` is its name, and how much memory this process has;
`systemd` is readiness, watchdog and journal, `streams` a
terminal, `signals` what ends a program at one. `guard` keeps what one item from outside brings about to that item,
`crash` ends the process for a mistake of ours. `digest` is SHA-256 without OpenSSL. `garbage` is left alone while a
program starts.
"""
