"""What comes out of a graph: packets with messages of MediaPipe's, and landmarks read from their bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from moodkiosk.moods.frame import Points

# A NormalizedLandmarkList (landmark.proto) of n points is n times: field 1, length 15; fields 1, 2, 3 as fixed32.
_ROW = np.dtype([("start", "V3"), ("x", "<f4"), ("y_tag", "u1"), ("y", "<f4"), ("z_tag", "u1"), ("z", "<f4")])
_TAG_PLACES, _TAGS = [0, 1, 2, 7, 12], np.array([0x0A, 0x0F, 0x0D, 0x15, 0x1D], np.uint8)


def serialised(packet: Any) -> bytes:
    """The bytes of the message in a packet."""
    from mediapipe.python._framework_bindings import _packet_getter

    data: bytes = _packet_getter._get_serialized_proto(packet)  # noqa: SLF001 - packet_getter.get_proto does the same, and parses
    return data


def serialised_list(packet: Any) -> list[bytes]:
    """The bytes of the messages in a packet that holds several."""
    from mediapipe.python._framework_bindings import _packet_getter

    if _packet_getter._get_proto_vector_size(packet) == 0:  # noqa: SLF001 - as above
        return []
    data: list[bytes] = _packet_getter._get_serialized_proto_list(packet)  # noqa: SLF001 - as above
    return data


def points_of(message: bytes, count: int, size: tuple[int, int]) -> Points:
    """A serialised NormalizedLandmarkList as float32 [count, 3], in pixels of a picture of that (width, height).

    The usual bytes form a regular pattern, which is a hundred times faster to read than through the message's class;
    any other is left to protobuf. Raises ValueError if there are fewer points.
    """
    points: Points = np.empty((count, 3), np.float32)
    scale = (size[0], size[1], size[0])  # z is in the scale of x
    if len(message) == count * _ROW.itemsize:
        tags = np.frombuffer(message, np.uint8).reshape(count, _ROW.itemsize)[:, _TAG_PLACES]
        if (tags == _TAGS).all():
            rows = np.frombuffer(message, _ROW)
            for axis, name in enumerate("xyz"):
                np.multiply(rows[name], scale[axis], out=points[:, axis])
            return points
    from mediapipe.framework.formats import landmark_pb2

    found = landmark_pb2.NormalizedLandmarkList.FromString(message).landmark
    if len(found) < count:
        raise ValueError(f"{len(found)} landmarks instead of {count}")
    points[:] = [(point.x, point.y, point.z) for point in found[:count]]
    points *= np.array(scale, np.float32)
    return points
