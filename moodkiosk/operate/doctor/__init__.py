"""`moodkiosk doctor`: `report` runs the `checks` and prints each `finding`.

`camera` opens the camera, or asks a kiosk that runs.
`home` looks at the broker from inside: whether it takes us, and what Home Assistant would show of the kiosk.
`running` has the kiosk that runs compare itself with its file.
`companions` looks at the broker and the speaker beside the kiosk; `privacy` checks the promise, with what is
`opened` by each half and whether there are `pictures` in its files.
"""
