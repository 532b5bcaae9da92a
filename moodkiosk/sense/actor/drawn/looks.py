"""Who the drawn person is and what the face does, as numbers.

Lengths are in head units: the head is 1 high from crown to chin.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np

Colour = tuple[int, int, int]

SKINS: tuple[Colour, ...] = ((236, 196, 168), (222, 178, 146), (196, 146, 112), (160, 112, 82), (124, 86, 64))
HAIRS: tuple[Colour, ...] = ((44, 34, 30), (84, 58, 38), (128, 88, 52), (172, 136, 84), (150, 72, 40), (140, 138, 136))
IRISES: tuple[Colour, ...] = ((72, 48, 32), (64, 96, 120), (82, 104, 70), (52, 60, 68))
SHIRTS: tuple[Colour, ...] = ((54, 88, 124), (126, 60, 62), (70, 108, 84), (98, 86, 120), (168, 140, 90), (70, 74, 82))


@dataclass(frozen=True, slots=True)
class Looks:
    """What tells one drawn person from another. Lengths in head units."""

    face_half_width: float = 0.318
    jaw: float = 0.84  # width of the jaw, as a share of the face's
    eye_distance: float = 0.126  # of a pupil from the middle
    eye_half_width: float = 0.060
    eye_half_height: float = 0.020
    brow_height: float = 0.063  # above the eyes
    brow_half_width: float = 0.082
    brow_thickness: float = 0.020
    nose_length: float = 0.188
    nose_half_width: float = 0.076
    mouth_height: float = 0.328  # below the eyes
    mouth_half_width: float = 0.116
    lip: float = 0.036  # thickness of one lip
    skin: Colour = SKINS[0]
    hair: Colour = HAIRS[1]
    iris: Colour = IRISES[1]
    shirt: Colour = SHIRTS[0]
    long_hair: bool = False


def random_looks(seed: int) -> Looks:
    """Somebody: proportions spread around the usual ones as people's are, colours at random."""
    rng = np.random.default_rng(seed)
    spread = {"jaw": 0.06, "brow_thickness": 0.2, "lip": 0.2, "eye_half_height": 0.07, "brow_height": 0.05}
    usual = Looks()
    lengths = {
        item.name: getattr(usual, item.name) * float(1 + spread.get(item.name, 0.05) * np.clip(rng.normal(), -2, 2))
        for item in fields(Looks)
        if isinstance(getattr(usual, item.name), float)
    }

    def pick(colours: tuple[Colour, ...]) -> Colour:
        return colours[int(rng.integers(len(colours)))]

    return replace(
        usual,
        **lengths,
        skin=pick(SKINS),
        hair=pick(HAIRS),
        iris=pick(IRISES),
        shirt=pick(SHIRTS),
        long_hair=bool(rng.integers(2)),
    )


@dataclass(frozen=True, slots=True)
class Expression:
    """What the muscles do; all 0 is a face at rest. Lengths in head units, up is positive."""

    brow_inner: float = 0.0
    brow_outer: float = 0.0
    brow_closer: float = 0.0  # each brow moves towards the middle
    eyes: float = 0.0  # opening, as a share of that at rest: -1 closed, 0.5 wide open
    mouth_width: float = 0.0  # as a share of that at rest
    mouth_open: float = 0.0  # gap between the lips
    corners: float = 0.0
    lips: float = 0.0  # thickness, as a share of that at rest: -1 pressed away
    chin: float = 0.0

    def blend(self, other: Expression, share: float) -> Expression:
        """This expression for share 0, the other for 1, in between a mixture."""
        mix = {
            item.name: (1 - share) * getattr(self, item.name) + share * getattr(other, item.name)
            for item in fields(Expression)
        }
        return Expression(**mix)


EXPRESSIONS: dict[str, Expression] = {
    "neutral": Expression(),
    "happy": Expression(brow_outer=0.004, eyes=-0.15, mouth_width=0.26, mouth_open=0.036, corners=0.042, lips=-0.22),
    "sad": Expression(
        brow_inner=0.038,
        brow_outer=-0.004,
        brow_closer=-0.008,
        eyes=-0.46,
        mouth_width=0.13,
        corners=-0.034,
        lips=0.06,
        chin=0.022,
    ),
    "angry": Expression(
        brow_inner=-0.048,
        brow_outer=0.01,
        brow_closer=0.018,
        eyes=-0.36,
        mouth_width=0.14,
        mouth_open=0.095,
        corners=-0.038,
        lips=-0.12,
    ),
    "surprise": Expression(
        brow_inner=0.04, brow_outer=0.036, eyes=0.62, mouth_width=-0.22, mouth_open=0.11, corners=-0.028, chin=-0.03
    ),
}
"""Moods as they are drawn. Tuned so that a model of real faces reads most of them right."""
