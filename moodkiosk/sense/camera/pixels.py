"""Pictures as cameras deliver them, made into frames of one kind; and the error of a camera that does not deliver."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from moodkiosk.words.reason import Reason

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from moodkiosk.moods.frame import Image

    Picture = NDArray[Any]

Kind = Literal["busy", "gone", "absent", "barred", "stall", "end", "short", "unusable"]

LEAST_PX, MOST_PX, SLENDEREST = 16, 8192, 8.0
"""Sides of a picture, and how many times longer one may be than the other: what a camera delivers beyond is no picture,
but its bytes."""


class CameraError(Exception):
    """The camera does not deliver.

    Attributes:
        kind: "busy" (another program has it), "gone" (does not answer, or was unplugged), "absent" (there is no such
            device now), "barred" (the service must start again before it may open it), "stall" (open, but no picture
            within the deadline, or always the same one), "end" (it ended by itself), "short" (it ended in the middle
            of a picture), "unusable" (it delivers something that is no picture, or may not be opened).
    """

    def __init__(self, text: str, kind: Kind) -> None:
        super().__init__(text)
        self.kind = kind


def plausible(rgb: Image) -> Image:
    """The picture [height, width, 3], if its sides are those of one. Raises CameraError ("unusable")."""
    height, width = rgb.shape[:2]
    if not LEAST_PX <= min(height, width) <= max(height, width) <= min(MOST_PX, SLENDEREST * min(height, width)):
        raise CameraError(Reason("video.size", width=width, height=height), "unusable")
    return rgb


def turned(rgb: Image, *, rotate: int, mirrored: bool) -> Image:
    """The picture [height, width, 3] upright: turned clockwise by 0, 90, 180 or 270 degrees, then unmirrored."""
    import cv2

    codes = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}
    if rotate:
        rgb = cv2.rotate(rgb, codes[rotate])
    return cv2.flip(rgb, 1) if mirrored else rgb


def normal(picture: Picture, order: Literal["rgb", "bgr"]) -> Image:
    """The picture as uint8 RGB [height, width, 3]: grey, alpha, 16-bit and 0-to-1 pictures are converted.

    Raises CameraError ("unusable") for what is no picture.
    """
    import cv2
    import numpy as np

    if order == "rgb" and picture.dtype == np.uint8 and picture.ndim == 3 and picture.shape[2] == 3 and picture.size:
        same: Image = np.ascontiguousarray(picture)
        return same  # as nearly all are: a look begins with this
    if picture.ndim == 3 and picture.shape[2] == 1:
        picture = picture[:, :, 0]
    channels = 1 if picture.ndim == 2 else picture.shape[2] if picture.ndim == 3 else 0
    if channels not in (1, 3, 4) or picture.size == 0:
        raise CameraError(Reason("video.shape", shape=str(picture.shape)), "unusable")
    pixels = _to_bytes(picture)
    codes = {
        (1, "rgb"): cv2.COLOR_GRAY2RGB,
        (1, "bgr"): cv2.COLOR_GRAY2RGB,
        (3, "bgr"): cv2.COLOR_BGR2RGB,
        (4, "rgb"): cv2.COLOR_RGBA2RGB,
        (4, "bgr"): cv2.COLOR_BGRA2RGB,
    }
    code = codes.get((channels, order))
    rgb: Image = np.ascontiguousarray(pixels) if code is None else cv2.cvtColor(pixels, code)
    return rgb


def _to_bytes(picture: Picture) -> NDArray[np.uint8]:
    import numpy as np

    if picture.dtype == np.uint8:
        return picture
    if picture.dtype == np.uint16:
        return (picture >> 8).astype(np.uint8)
    if picture.dtype == np.bool_:
        return picture.astype(np.uint8) * np.uint8(255)
    if picture.dtype.kind == "f":
        return (np.nan_to_num(picture).clip(0.0, 1.0) * 255.0).round().astype(np.uint8)
    raise CameraError(Reason("video.pixels", kind=str(picture.dtype)), "unusable")
