"""MediaPipe 0.10.18's own runtime, for Python 3.11 and 3.12.

`engine` is the whole: `graph` feeds it, `messages` reads what comes out.
"""
