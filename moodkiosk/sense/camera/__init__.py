"""Where pictures come from: `source` opens the configured one, `capture` keeps only the newest frame.

`rpicam` (the Pi's camera), `video` (V4L2, network, files), `pixels` (their colours), `frozen` and `holder` say what is
wrong with a camera, `switch` remembers whether it may look.
"""
