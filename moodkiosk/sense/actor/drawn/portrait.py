"""Paints a person: shaded oval head, hair, ears, eyes with iris, brows, nose, lips. Own drawing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from moodkiosk.sense.actor.drawn.brush import Brush, Pose, oval, smooth, tone
from moodkiosk.sense.actor.drawn.looks import Colour, Expression, Looks

if TYPE_CHECKING:
    from moodkiosk.moods.frame import Image
    from moodkiosk.sense.actor.drawn.brush import Shape


def paint(rgb: Image, looks: Looks, expression: Expression, pose: Pose, light: float = 1.0) -> None:
    """Draws a person onto the picture, in place; `light` 1 is daylight, 0 is the dark."""
    lit = replace(
        looks,
        skin=tone(looks.skin, light),
        hair=tone(looks.hair, light),
        iris=tone(looks.iris, light),
        shirt=tone(looks.shirt, light),
    )
    brush = Brush(rgb, pose)
    _body(brush, lit)
    _head(brush, lit, expression, light)
    for side in (-1, 1):
        _eye(brush, lit, expression, side, light)
        _brow(brush, lit, expression, side)
    _nose(brush, lit)
    _mouth(brush, lit, expression, light)
    _hair(brush, lit)


def _body(brush: Brush, looks: Looks) -> None:
    if looks.long_hair:
        brush.fill(oval(0, 0.06, looks.face_half_width + 0.075, 0.54), tone(looks.hair, 0.8), -0.2)
    shoulders = smooth((-1.0, 9.0), (-0.98, 2.6), (-0.95, 1.1), (-0.8, 0.82), (-0.42, 0.7), (0, 0.68), (0.42, 0.7),
                       (0.8, 0.82), (0.95, 1.1), (0.98, 2.6), (1.0, 9.0))  # fmt: skip
    brush.fill(shoulders, looks.shirt, None)
    neck = smooth((-0.18, 0.3), (-0.17, 0.56), (-0.24, 0.69), (0, 0.82), (0.24, 0.69), (0.17, 0.56), (0.18, 0.3))
    brush.fill(neck, tone(looks.skin, 0.82), None)
    brush.shade(oval(0, 0.46, 0.13, 0.1), tone(looks.skin, 0.5), 0.6, 0.03, None)


def _outline(looks: Looks, expression: Expression) -> Shape:
    wide, chin = looks.face_half_width, 0.5 - expression.chin
    jaw = wide * looks.jaw
    right = [(0, -0.43), (wide * 0.62, -0.38), (wide * 0.96, -0.18), (wide, 0.02), (wide * 0.95, 0.2),
             (jaw * 0.93, 0.36), (jaw * 0.5, chin - 0.028)]  # fmt: skip
    left = [(-x, y) for x, y in reversed(right[1:])]
    return smooth(*right, (0, chin), *left, right[0])


def _head(brush: Brush, looks: Looks, expression: Expression, light: float) -> None:
    for side in (-1, 1):
        ear = oval(side * (looks.face_half_width + 0.01), 0.07, 0.052, 0.1)
        brush.fill(ear, tone(looks.skin, 0.88), -0.1)
        brush.shade(
            oval(side * (looks.face_half_width + 0.02), 0.07, 0.024, 0.06), tone(looks.skin, 0.6), 0.5, 0.02, -0.1
        )
    outline = _outline(looks, expression)
    brush.fill(outline, tone(looks.skin, 0.8))
    for step in range(1, 7):  # light falls from the upper left: nested outlines, each a little brighter
        inner = outline * (1 - 0.055 * step) + (-0.006 * step, 0.002 * step)
        brush.shade(inner, tone(looks.skin, 0.8 + 0.042 * step), 0.7, 0.02)
    for side in (-1, 1):
        brush.shade(oval(side * 0.185, 0.16, 0.085, 0.06), tone((226, 110, 96), light), 0.14, 0.04)
        eye = (side * looks.eye_distance, -0.015)
        brush.shade(oval(*eye, looks.eye_half_width * 1.35, 0.055), tone(looks.skin, 0.55), 0.4, 0.025)
        fold = side * (looks.mouth_half_width * (1 + expression.mouth_width) + 0.035)
        crease = smooth(
            (side * 0.075, 0.16), (fold * 0.9, 0.21), (fold, looks.mouth_height - 0.01 - expression.corners * 0.5)
        )
        strength = 0.25 + 6 * max(0.0, expression.corners)
        brush.shade(
            np.concatenate([crease, crease[::-1] + np.array((0.008, 0.004))]), tone(looks.skin, 0.5), strength, 0.012
        )
    brush.shade(oval(0, 0.43 - expression.chin, 0.075, 0.03), tone(looks.skin, 1.12), 0.4, 0.03)
    brush.shade(oval(0, 0.365 - expression.chin / 2, 0.07, 0.014), tone(looks.skin, 0.6), 0.35, 0.016)
    brush.shade(oval(-0.05, -0.24, 0.14, 0.06), tone(looks.skin, 1.15), 0.35, 0.06)


def _eye(brush: Brush, looks: Looks, expression: Expression, side: int, light: float) -> None:
    x, half, height = side * looks.eye_distance, looks.eye_half_width, looks.eye_half_height
    opening = max(0.0, 1 + expression.eyes)
    along = np.linspace(-1, 1, 17)
    bow = 1 - along**2
    floor = height * (0.15 + 0.75 * min(1.2, 0.35 + 0.65 * opening) * bow)
    ceiling = -height * (1.25 * opening * bow - 0.15) - 0.004 * along * side
    across = x + half * along
    lower, upper = np.column_stack([across, floor]), np.column_stack([across, np.minimum(ceiling, floor)])
    if opening > 0.15:
        brush.fill(np.concatenate([upper, lower[::-1]]), tone((244, 240, 236), light), 0.01)
        radius = 1.06 * height
        for colour, size in ((looks.iris, radius), (tone((16, 14, 14), light), 0.5 * radius)):
            disc = oval(x, 0, size, size)
            lids = (np.interp(disc[:, 0], across, lid[:, 1]) for lid in (upper, lower))
            disc[:, 1] = np.clip(disc[:, 1], *lids)
            brush.fill(disc, colour, 0.01)
    if opening > 0.5:
        glint = oval(x - 0.3 * radius, -0.4 * radius, 0.2 * radius, 0.2 * radius)
        brush.fill(glint, tone((255, 255, 255), light), 0.01)
    brush.line(upper, tone(looks.hair, 0.45), 0.011, 0.01)
    brush.line(lower[3:-3], tone(looks.skin, 0.55), 0.004, 0.01)
    brush.line(upper[2:-2] - np.array((0, 0.016)), tone(looks.skin, 0.62), 0.004, 0.01)


def _brow(brush: Brush, looks: Looks, expression: Expression, side: int) -> None:
    inner = looks.eye_distance - looks.brow_half_width * 0.92 - expression.brow_closer
    outer = looks.eye_distance + looks.brow_half_width * 1.05 - expression.brow_closer * 0.4
    y = -looks.brow_height
    middle = y - 0.016 - 0.5 * (expression.brow_inner + expression.brow_outer)
    spine = smooth(
        (inner, y + 0.004 - expression.brow_inner),
        (0.55 * inner + 0.45 * outer, middle),
        (outer, y + 0.012 - expression.brow_outer),
    )
    thick = looks.brow_thickness * np.interp(np.linspace(0, 1, len(spine)), [0, 0.5, 1], [0.55, 0.5, 0.12])[:, None]
    half = thick * np.array((0.0, 1.0))
    shape: Shape = np.concatenate([spine - half, (spine + half)[::-1]]) * np.array((float(side), 1.0))
    dark = min(tone(looks.hair, 0.75), tone(looks.skin, 0.4), key=sum)  # brows must stand out on every skin
    brush.fill(shape, dark, 0.015)
    if expression.brow_closer > 0.01:
        frown = np.array([[side * 0.016, y - 0.01], [side * 0.02, y + 0.035]])
        brush.line(frown, tone(looks.skin, 0.6), 0.006, 0.015)


def _nose(brush: Brush, looks: Looks) -> None:
    tip, half = looks.nose_length, looks.nose_half_width
    bridge = smooth((0.012, -0.02), (0.02, 0.06), (0.038, tip - 0.055), (0.05, tip - 0.02))
    brush.shade(np.concatenate([bridge, bridge[::-1] + np.array((0.026, 0))]), tone(looks.skin, 0.58), 0.5, 0.014, 0.03)
    brush.shade(oval(-0.006, tip * 0.5, 0.014, tip * 0.42), tone(looks.skin, 1.16), 0.6, 0.014, 0.04)
    brush.shade(oval(-0.004, tip - 0.028, 0.026, 0.02), tone(looks.skin, 1.18), 0.6, 0.012, 0.07)
    brush.shade(oval(0, tip + 0.012, half * 0.95, 0.014), tone(looks.skin, 0.5), 0.6, 0.012, 0.02)
    for side in (-1, 1):
        brush.fill(oval(side * half * 0.46, tip + 0.001, half * 0.26, 0.009), tone(looks.skin, 0.36), 0.03)
        wing = smooth(
            (side * half * 0.8, tip - 0.045), (side * half * 1.02, tip - 0.015), (side * half * 0.82, tip + 0.008)
        )
        brush.line(wing, tone(looks.skin, 0.6), 0.008, 0.02)


def _mouth(brush: Brush, looks: Looks, expression: Expression, light: float) -> None:
    half = looks.mouth_half_width * (1 + expression.mouth_width)
    lip = max(0.006, looks.lip * (1 + expression.lips))
    gap = max(0.0, expression.mouth_open)
    along = np.linspace(-1, 1, 25)
    bow = 1 - along**2
    x = half * along
    corner = looks.mouth_height - expression.corners * np.abs(along) ** 2.0
    upper_in = corner - 0.3 * gap * bow
    lower_in = corner + 0.7 * gap * bow**0.7 + 0.001
    cupid = 1 - 0.22 * np.exp(-((along / 0.16) ** 2))
    upper_out = upper_in - lip * 0.85 * bow**0.7 * cupid
    lower_out = lower_in + lip * 1.15 * bow**0.8
    rose = tuple(
        int(0.55 * part + 0.45 * red) for part, red in zip(looks.skin, tone((176, 70, 74), light), strict=True)
    )
    red: Colour = (rose[0], rose[1], rose[2])
    brush.shade(np.column_stack([x * 0.8, lower_out + 0.014]), tone(looks.skin, 0.6), 0.4, 0.014, 0.02)

    def between(top: Shape, bottom: Shape) -> Shape:
        return np.column_stack([np.concatenate([x, x[::-1]]), np.concatenate([top, bottom[::-1]])])

    brush.fill(between(upper_out, upper_in), tone(red, 0.86), 0.03)
    brush.fill(between(lower_in, lower_out), red, 0.03)
    brush.shade(between(lower_in + 0.4 * (lower_out - lower_in), lower_out)[8:-8], tone(red, 1.2), 0.4, 0.008, 0.03)
    if gap > 0.004:
        brush.fill(between(upper_in, lower_in), tone((58, 22, 26), light), 0.02)
        teeth = np.minimum(upper_in + 0.024 * bow, lower_in)
        brush.fill(between(upper_in, teeth), tone((238, 234, 226), light), 0.02)
        if gap > 0.06:
            brush.fill(between(np.maximum(lower_in - 0.03 * bow, teeth), lower_in), tone((170, 84, 88), light), 0.02)
    else:
        brush.line(np.column_stack([x, upper_in]), tone(red, 0.45), 0.007, 0.03)


def _hair(brush: Brush, looks: Looks) -> None:
    wide = looks.face_half_width
    cap = smooth((-wide - 0.035, 0.0), (-wide - 0.05, -0.2), (-wide * 0.8, -0.42), (0, -0.53), (wide * 0.8, -0.42),
                 (wide + 0.05, -0.2), (wide + 0.035, 0.0), (wide * 0.97, -0.12), (wide * 0.84, -0.25),
                 (wide * 0.3, -0.34), (-wide * 0.35, -0.3), (-wide * 0.86, -0.24), (-wide * 0.97, -0.1),
                 (-wide - 0.035, 0.0))  # fmt: skip
    brush.fill(cap, looks.hair)
    brush.shade(oval(-0.07, -0.415, 0.17, 0.03), tone(looks.hair, 1.5), 0.4, 0.03)
