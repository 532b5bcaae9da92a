"""From landmarks and pixels to a mood.

`measures` are named numbers, made `frontal` first; `model` reads a mood from them, `neutral` is one's own. `bundle` is
the file of a model, `labels` what a model may tell apart, `models` the one in use, `calibration` takes the own neutral,
`selfcalibration` learns it from whoever is in front, by the `median`. `opinion` is the second one, from the pixels of a
`crop`.
"""
