"""What sense says of one frame: who is there, in what mood, and how good the view is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

AT_REST = "neutral"
"""The label of a face at rest, by convention of all data sets; own-neutral calibration refers to it."""


@dataclass(frozen=True, slots=True)
class Quality:
    """How good the view of a face is.

    Attributes:
        weight: 0 (says nothing) to 1 (a good view); readings below 0.5 never settle a mood by themselves.
        reason: None for a good view, else "no face", "too dark", "too bright", "too blurred", "too far",
            "turned away", "mouth covered", "upside down", or "being taught" (somebody shows a mood on purpose).
        face_px: width of the face in pixels of the frame, 0 without a face.
        grey: mean grey level of the face (of the frame without one), 0 to 255.
    """

    weight: float = 0.0
    reason: str | None = "no face"
    face_px: float = 0.0
    grey: float = 0.0


NeutralFrom = Literal["nobody", "calibration", "watching", "both"]


@dataclass(frozen=True, slots=True)
class Reading:
    """What sense says of one frame.

    Attributes:
        at: monotonic seconds of the frame.
        faces: how many people are in view (still pictures of people do not count).
        track: the number of the person whose mood this is; the same person keeps it while in view. None: nobody.
        mood: the most probable label, or None (nobody, or not sure).
        probabilities: label to probability, summing to 1; empty without a face.
        confidence: probability of the most probable label, 0 to 1; 0 without a face.
        quality: how good the view is.
        neutral: name of the person whose neutral face was subtracted, or None.
        neutral_from: where the neutral face that was subtracted comes from: "calibration" (a neutral look that was
            given), "watching" (the face most of the time), "both" (a given one that follows), or "nobody" (none was).
        next_seconds: for so long nothing may follow, because nothing changes: nobody is there. 0: looks follow at their
            usual pace.
    """

    at: float
    faces: int
    track: int | None = None
    mood: str | None = None
    probabilities: dict[str, float] = field(default_factory=dict)
    confidence: float = 0.0
    quality: Quality = Quality()
    neutral: str | None = None
    neutral_from: NeutralFrom = "nobody"
    next_seconds: float = 0.0
