"""MediaPipe 0.10.18's own runtime, for Python 3.11 and 3.12: `graph` feeds it, `messages` reads what comes out."""
