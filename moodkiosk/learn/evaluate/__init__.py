"""How good a model is.

`evaluate` is the command, `streams` are recordings in time, `certainty` says how sure its figures are, `advice` what to
record more of; the `report` has its `charts` and its `page`.
"""
