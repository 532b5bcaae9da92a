"""Writes calm pieces: harmony goes by chance through what functional harmony allows, a tune walks over it.

Every piece is decided by its mood and a seed; the same two give the same notes.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Voice = Literal["pad", "bass", "tune"]
BEATS_A_BAR = 4
PHRASE_BARS = 4
# Steps of the seven-note modes above their tonic, in semitones.
IONIAN, DORIAN, LYDIAN, MIXOLYDIAN, AEOLIAN = (
    (0, 2, 4, 5, 7, 9, 11),
    (0, 2, 3, 5, 7, 9, 10),
    (0, 2, 4, 6, 7, 9, 11),
    (0, 2, 4, 5, 7, 9, 10),
    (0, 2, 3, 5, 7, 8, 10),
)
# Where harmony goes from a degree (0 is the tonic), as common practice has it.
GOES_TO: dict[int, tuple[int, ...]] = {
    0: (3, 5, 4, 1),
    1: (4, 3, 5),
    2: (5, 3),
    3: (0, 4, 1, 5),
    4: (0, 5, 3),
    5: (3, 1, 4),
    6: (0, 2),
}


@dataclass(frozen=True, slots=True)
class Character:
    """What makes a piece fit a mood.

    Attributes:
        title, genre: for its tags.
        tonic: MIDI number of the tune's lowest tonic; 60 is middle C.
        mode: semitones above the tonic.
        beats_a_minute: the pace.
        busy: how likely a note of the tune is on a half beat, 0 to 1.
        bright: how strong the upper partials of the tune are, 0 to 1.
    """

    title: str
    genre: str
    tonic: int
    mode: tuple[int, ...]
    beats_a_minute: float
    busy: float
    bright: float


CHARACTERS: dict[str, Character] = {
    "happy": Character("Window open", "Easy listening", 65, IONIAN, 84, 0.55, 0.6),
    "sad": Character("Warm rain", "Ambient", 62, DORIAN, 54, 0.25, 0.3),
    "angry": Character("Slow water", "Ambient", 55, MIXOLYDIAN, 48, 0.12, 0.15),
    "surprise": Character("New shoes", "Easy listening", 67, LYDIAN, 76, 0.45, 0.8),
    "neutral": Character("Afternoon", "Ambient", 60, AEOLIAN, 62, 0.3, 0.4),
}


@dataclass(frozen=True, slots=True)
class Note:
    """One note: when it begins and how long it is held, in seconds; a MIDI number; 0 to 1; who plays it."""

    at: float
    seconds: float
    pitch: int
    strength: float
    voice: Voice


def compose(mood: str, seed: int, seconds: float) -> list[Note]:
    """The notes of the piece for a mood, as long as asked for or less than a phrase longer."""
    character = CHARACTERS[mood]
    chance = random.Random(f"{mood} {seed}")
    bar = BEATS_A_BAR * 60 / character.beats_a_minute
    phrases = max(2, -int(-seconds // (bar * PHRASE_BARS)))
    first, second = (_motif(character, chance) for _ in range(2))
    notes: list[Note] = []
    chord = _spread(character, 0, ())
    tune = len(character.mode)  # the walk begins an octave above the lowest tonic
    for phrase in range(phrases):
        motif = second if phrase % 4 == 2 else first  # the old form A A B A
        for number, degree in enumerate(_harmony(chance)):
            at = (phrase * PHRASE_BARS + number) * bar
            chord = _spread(character, degree, chord)
            notes += [Note(at, bar * 1.05, pitch, 0.5, "pad") for pitch in chord]
            notes.append(Note(at, bar * 0.9, _pitch(character, degree) - 24, 0.8, "bass"))
            rests = 0 < phrase < phrases - 1 and number == PHRASE_BARS - 1 and chance.random() < 0.5
            for beat, length, step in () if rests else motif:
                tune = _walk(tune, step, degree, strong=beat % 2 == 0)
                strength = chance.uniform(0.55, 0.8)
                beat_seconds = bar / BEATS_A_BAR
                notes.append(
                    Note(at + beat * beat_seconds, length * beat_seconds, _pitch(character, tune), strength, "tune")
                )
    end = phrases * PHRASE_BARS * bar
    home = [*_spread(character, 0, chord), _pitch(character, 0) - 24, _pitch(character, len(character.mode))]
    return [*notes, *(Note(end, 2 * bar, pitch, 0.5, "pad") for pitch in home)]


def _harmony(chance: random.Random) -> list[int]:
    """The degrees of a phrase, a bar each; it begins at home, so that every phrase but the last leads there."""
    degrees = [0]
    while len(degrees) < PHRASE_BARS:
        degrees.append(chance.choice(GOES_TO[degrees[-1]]))
    return degrees


def _motif(character: Character, chance: random.Random) -> list[tuple[float, float, int]]:
    """A bar of the tune: beat, length in beats, and steps of the scale from the note before."""
    starts = [0.0]
    starts += [
        half / 2
        for half in range(1, 2 * BEATS_A_BAR)
        if chance.random() < character.busy * (1.0 if half % 2 == 0 else 0.5)
    ]
    ends = [*starts[1:], float(BEATS_A_BAR)]
    return [
        (start, end - start, chance.choice((-2, -1, -1, 1, 1, 2, 3))) for start, end in zip(starts, ends, strict=True)
    ]


def _walk(tune: int, step: int, degree: int, *, strong: bool) -> int:
    """The tune's next degree: within an octave and a half, and on strong beats in the chord."""
    tune += step
    if strong:
        tune = min((tune, tune - 1, tune + 1), key=lambda it: ((it - degree) % 7 not in (0, 2, 4), abs(it - tune)))
    return tune - 7 if tune > 14 else tune + 7 if tune < 4 else tune


def _spread(character: Character, degree: int, before: Sequence[int]) -> tuple[int, ...]:
    """A chord of three notes and its ninth, laid as near as can be to the one before."""
    middle = sum(before) / len(before) if before else character.tonic - 3.0
    notes = []
    for above in (0, 2, 4, 8):
        pitch = _pitch(character, degree + above)
        notes.append(pitch + 12 * round((middle - pitch) / 12))
    return tuple(sorted(set(notes)))


def _pitch(character: Character, degree: int) -> int:
    octaves, step = divmod(degree, len(character.mode))
    return character.tonic + 12 * octaves + character.mode[step]
