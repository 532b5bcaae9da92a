"""What one lesson costs: five moods of 25 frames each are learnt, in a process of its own. Prints one JSON line."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

# A desk has no better place to look: the checkout's own packages.
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

MOODS = ("neutral", "happy", "sad", "angry", "surprise")
FRAMES, RATE_HZ = 25, 5.0


def main() -> None:
    """Learns once, and says what that took."""
    import numpy as np

    from moodkiosk.host.machine import rss_mb
    from moodkiosk.sense.mood import model
    from moodkiosk.sense.mood.measures import MEASURES
    from moodkiosk.sense.teach import dense, learning
    from moodkiosk.sense.teach.takes import Take

    starter = model.STARTER.read_bytes()
    schema = dense.schema_of(starter)
    rng = np.random.default_rng(0)
    at = np.arange(FRAMES) / RATE_HZ
    takes = []
    for label in MOODS:
        middle = rng.normal(0, 1, len(MEASURES[schema]))
        x = rng.normal(middle, 0.5, (FRAMES, len(middle))).astype(np.float32)
        takes.append(Take(label, "", x, at, f"{label}.npz", label, "numbers"))
    rss, began = rss_mb(), time.process_time()
    longest, last = 0.0, began
    for _ in learning.learn(takes, starter):
        now = time.process_time()
        longest, last = max(longest, now - last), now
    print(json.dumps({"cpu_seconds": last - began, "step_seconds": longest, "rss_mb": rss_mb() - rss}))


if __name__ == "__main__":
    main()
