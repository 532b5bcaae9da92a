"""The types that flow through the kiosk. Frozen, and importable without any heavy library.

`frame` and `reading` are what is seen; `choice`, `decision`, `report` and `song` are about music; `lesson` is taught,
`event` happens, `command` is asked for, and `view` is what the kiosk shows of itself. One room each: a process loads
no more of them than it uses.

Time: `at` is always seconds on the monotonic clock of the machine (or of the file, in a replay). Both processes
run on one machine and share that clock. Where people need the time of day, it is passed separately.
A mood is a plain string: labels belong to the trained model, not to the code.
"""
