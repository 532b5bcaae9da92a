"""Where pictures come from: `source` opens the configured one, `capture` keeps only the newest frame.

`rpicam` (the Pi's camera), `usb` (V4L2), `video` (network, files), `pixels` (their colours), `frozen` and `holder`
say what is wrong with a camera, `switch` remembers whether it may look.
"""
