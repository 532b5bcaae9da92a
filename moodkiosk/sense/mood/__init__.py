"""From landmarks to a mood.

`measures` are named numbers, made `frontal` first; `model` reads a mood from them, `neutral` is one's own. `bundle`
is the file of a model, `models` the one in use, `labels` what moods may be called, `calibration` takes the own
neutral, `selfcalibration` learns it from whoever is in front.
"""
