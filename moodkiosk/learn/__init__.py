"""Learn: recordings, training, evaluation.

`collect` records moods, `data` reads recordings, `train` makes a model, `evaluate` says how good it is, `deploy`
carries it to kiosks.
"""
