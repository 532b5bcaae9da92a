"""`moodkiosk doctor`: `report` runs the `checks` and prints each `finding`.

`companions` looks at the broker and the speaker beside the kiosk; `privacy` checks the promise, with what is
`opened` by each half and whether there are `pictures` in its files.
"""
