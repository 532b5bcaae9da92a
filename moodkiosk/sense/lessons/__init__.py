"""Being taught before the kiosk: a minute of moods, what is kept of it, and what is learnt.

`course` goes from the order to Keep or Undo, `sitting` is the time before the camera, `kept` are its recordings,
`ledger` what each lesson has left on the disk, to be taken back, `plan` what is to be shown, `refusal` why not now,
`review` learns again by itself in calm moments, `telling` and `wording` say how it goes and what came of it, `about`
where the model is from. How it is learnt is in `teach`.
"""
