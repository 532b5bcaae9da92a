"""Recordings as data.

`dataset` reads them (`npz` safely, `classic` the old format), `labels` and `checks` look for mistakes, `samples`
makes measures of landmarks, `split` keeps people apart, `augment` varies, `summary` and `contours` describe, `forget`
deletes, `outbox` is where recordings wait to be fetched.
"""
