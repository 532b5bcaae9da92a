"""A MediaPipe graph that is fed by hand: pictures and regions in, serialised messages out.

The ready-made solutions (`mp.solutions.FaceMesh`, …) search with a detector that is blind beyond a metre, copy every
picture, start threads for every graph and turn every landmark into a Python object. The parts they are made of are in
the same wheel, registered by name; a graph of our own puts them together without those costs.
"""

from __future__ import annotations

import contextlib
import functools
import importlib.util
import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Literal

from moodkiosk.sense.interpreter import hushed

if TYPE_CHECKING:
    from moodkiosk.moods.frame import Image

# The graph runs on the thread that feeds it: a look at a picture is short, and handing it from thread to thread
# costs more than is gained.
SAME_THREAD = 'executor { name: "" type: "ApplicationThreadExecutor" }'


@functools.cache
def mediapipe() -> Any:
    """MediaPipe, imported without matplotlib.

    `import mediapipe` pulls in its drawing helpers and with them all of matplotlib: half of the time of the import and
    30 MB that are never used (docs/performance.md). A module with nothing in it stands in for it during the import,
    and is gone afterwards, so that whoever wants matplotlib later gets the real one.
    """
    stand_ins = {}
    if "mediapipe" not in sys.modules and "matplotlib" not in sys.modules:
        stand_ins = {name: ModuleType(name) for name in ("matplotlib", "matplotlib.pyplot")}
        stand_ins["matplotlib"].pyplot = stand_ins["matplotlib.pyplot"]  # type: ignore[attr-defined]  # a stand-in
    sys.modules.update(stand_ins)
    try:
        import mediapipe as mp
    finally:
        for name in stand_ins:
            del sys.modules[name]
    from mediapipe.python._framework_bindings import resource_util

    resource_util.set_resource_dir(str(root().parent))
    return mp


def root() -> Path:
    """The folder of the mediapipe package; does not import it. Raises ModuleNotFoundError."""
    found = importlib.util.find_spec("mediapipe")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("mediapipe is not installed", name="mediapipe")
    return Path(found.origin).parent


class Graph:
    """A running graph with the inputs "image" and, where the text names it, "roi". One thread at a time."""

    def __init__(
        self,
        text: str,
        outputs: tuple[str, ...],
        side: Mapping[str, int | bool] | None = None,
        picture: Literal["image", "image_frame"] = "image",
    ) -> None:
        """Builds and starts it.

        Args:
            text: nodes and inputs of a CalculatorGraphConfig in protobuf's text format.
            outputs: names of the streams to read.
            side: side packets by name.
            picture: which of MediaPipe's two kinds of picture the input takes.
        """
        mp = mediapipe()
        from google.protobuf import text_format
        from mediapipe.framework import calculator_pb2
        from mediapipe.framework.formats import rect_pb2

        named = "".join(f'output_stream: "{name}"\n' for name in outputs)
        config = text_format.Parse(f"{SAME_THREAD}\n{named}{text}", calculator_pb2.CalculatorGraphConfig())
        self._graph = mp.CalculatorGraph(graph_config=config)
        self._mp, self._rect = mp, rect_pb2.NormalizedRect
        self._pack = getattr(mp.packet_creator, f"create_{picture}")
        self._spoken = False
        self._seen: dict[str, Any] = {}
        for name in outputs:
            self._graph.observe_output_stream(name, self._seen.__setitem__, False)  # noqa: FBT003 - takes no keyword
        packets = {name: self._side_packet(value) for name, value in (side or {}).items()}
        with hushed():
            self._graph.start_run(packets)
        self._ticks = 0

    def run(self, rgb: Image, region: tuple[float, float, float, float, float] | None = None) -> dict[str, Any]:
        """Feeds one picture and returns the packets that came out, by stream; streams that gave nothing are left out.

        Args:
            rgb: uint8 [height, width, 3], contiguous. It is not copied, and must not change during the call.
            region: for the input "roi": middle x, y, width, height as shares of the picture, rotation in radians.
        """
        self._ticks += 1
        self._seen.clear()
        fixed = rgb.view()
        fixed.flags.writeable = False  # tells MediaPipe that it need not copy
        image = self._pack(image_format=self._mp.ImageFormat.SRGB, data=fixed)
        self._graph.add_packet_to_input_stream("image", image.at(self._ticks))
        if region is not None:
            x, y, width, height, rotation = region
            rect = self._rect(x_center=x, y_center=y, width=width, height=height, rotation=rotation)
            packet = self._mp.packet_creator.create_proto(rect)
            self._graph.add_packet_to_input_stream("roi", packet.at(self._ticks))
        with contextlib.nullcontext() if self._spoken else hushed():
            self._graph.wait_until_idle()
        found = dict(self._seen)
        self._spoken = self._spoken or bool(found)
        self._seen.clear()  # packets hold on to the picture
        return found

    def _side_packet(self, value: int | bool) -> Any:
        creator = self._mp.packet_creator
        return creator.create_bool(value) if isinstance(value, bool) else creator.create_int(value)
