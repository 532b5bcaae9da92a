"""Plays notes: sums of partials with soft envelopes, in a room of Schroeder's kind."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from moodkiosk.operate.tunes.composer import Note, Voice

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Samples = NDArray[np.float32]

RATE_HZ = 8_000
"""What this cannot hold is 0.01 % of the energy that the piece for "happy" has at 16 kHz; its file is half as large."""
BITS = 12
"""Kept of the 16 that are written: what lies below is more than 50 dB softer than the music, and takes a third of the
file."""
TAIL_SECONDS = 4.0
PARTIALS = 5
PEAK = 0.5
"""Of full scale: never louder than half, whatever the speaker is set to."""
# M. R. Schroeder, "Natural sounding artificial reverberation", J. Audio Eng. Soc. 10(3), 1962: combs side by side, then
# all-passes in a row. Delays in samples, without common divisors.
COMBS = ((477, 0.80), (593, 0.78), (659, 0.76), (701, 0.74))
ALL_PASSES = ((83, 0.6), (29, 0.6))
WET = 0.25
# Attack and release in seconds, how fast it dies away (1/s), and how loud it is beside the others.
ENVELOPES: dict[Voice, tuple[float, float, float, float]] = {
    "pad": (0.9, 1.2, 0.0, 0.22),
    "bass": (0.05, 0.4, 0.6, 0.5),
    "tune": (0.012, 0.5, 1.6, 0.5),
}


def play(notes: Iterable[Note], bright: float) -> NDArray[np.int16]:
    """The sound of the notes: mono, RATE_HZ; `bright` is the weight of the tune's upper partials, 0 to 1."""
    notes = list(notes)
    end = max(note.at + note.seconds for note in notes) + TAIL_SECONDS
    mix: Samples = np.zeros(int(end * RATE_HZ), np.float32)
    strings: dict[tuple[Voice, int, float], Samples] = {}
    for note in notes:
        key = (note.voice, note.pitch, round(note.seconds, 3))
        if key not in strings:
            strings[key] = _note(note, bright if note.voice == "tune" else bright / 3)
        start = int(note.at * RATE_HZ)
        mix[start : start + len(strings[key])] += np.float32(note.strength) * strings[key]
    mix += np.float32(WET) * _room(mix)
    fade = int(TAIL_SECONDS * RATE_HZ)
    mix[-fade:] *= np.linspace(1, 0, fade, dtype=np.float32)
    loudest = float(np.abs(mix).max()) or 1.0
    kept = np.round(mix * (PEAK * (2 ** (BITS - 1) - 1) / loudest)).astype(np.int16)
    return np.asarray(kept << (16 - BITS), np.int16)


def _note(note: Note, bright: float) -> Samples:
    """Of full strength."""
    attack, release, decay, level = ENVELOPES[note.voice]
    exact = np.arange(int((note.seconds + release) * RATE_HZ)) / RATE_HZ
    at = exact.astype(np.float32)
    shape = np.minimum(1, at / attack) * np.minimum(1, np.maximum(0, (note.seconds + release - at) / release))
    pitch_hz = 440 * 2 ** ((note.pitch - 69) / 12)
    sound = np.zeros_like(at)
    for partial in range(1, PARTIALS + 1):
        if partial * pitch_hz > RATE_HZ / 2.5:
            break
        weight = 1.0 if partial == 1 else bright / partial**1.5
        turns = (partial * pitch_hz * exact % 1).astype(np.float32)  # many turns at single precision would be noise
        tone = np.float32(weight) * np.sin(np.float32(2 * np.pi) * turns)
        # Upper partials die away sooner, as on a struck string.
        sound += tone * np.exp(np.float32(-decay * partial) * at) if decay else tone
    return np.asarray(level * sound * shape, np.float32)


def _room(dry: Samples) -> Samples:
    wet: Samples = np.zeros_like(dry)
    for delay, gain in COMBS:
        wet += _comb(dry, delay, gain) / np.float32(len(COMBS))
    for delay, gain in ALL_PASSES:
        fed = _comb(wet, delay, gain)
        late = np.zeros_like(fed)
        late[delay:] = fed[:-delay]
        wet = late - np.float32(gain) * fed
    return wet


def _comb(dry: Samples, delay: int, gain: float) -> Samples:
    """y[n] = x[n] + gain · y[n − delay], a row of `delay` samples at a time."""
    rows = -(-len(dry) // delay)
    wet = np.zeros((rows, delay), np.float32)
    wet.reshape(-1)[: len(dry)] = dry
    for row in range(1, rows):
        wet[row] += np.float32(gain) * wet[row - 1]
    return np.asarray(wet.reshape(-1)[: len(dry)])
