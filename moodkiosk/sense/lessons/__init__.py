"""Being taught before the kiosk: a minute of moods, what is kept of it, and what is learnt.

`course` goes from the order to Keep or Undo, `sitting` is the time before the camera, `kept` are its recordings,
`review` learns again by itself in calm moments, `wording` says what came of it, `about` where the model in use is from.
How it is learnt is in `teach`.
"""
