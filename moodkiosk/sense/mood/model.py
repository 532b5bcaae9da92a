"""The mood model: measures to the probability of each mood, by TensorFlow Lite."""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from moodkiosk.failure import reason
from moodkiosk.host import files
from moodkiosk.host.digest import sha256_hex
from moodkiosk.sense.interpreter import Network
from moodkiosk.sense.mood.bundle import BadModel, Manifest, unbundle
from moodkiosk.sense.mood.measures import MEASURES, with_own_neutral, without_gaps
from moodkiosk.words.reason import Reason, together
from moodkiosk.words.system import system

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

LIMIT_BYTES = 32 * 1024 * 1024
"""A file larger than this is no mood model: the usual one has 30 kB."""

LEAST_SHARE = 1e-12
"""Of a mood, so that it has a logarithm."""

STARTER = Path(__file__).parents[2] / "models" / "starter.tflite"
DEPLOYED = Path("models") / "current.tflite"
"""In sense's state folder: what `scripts/deploy` carried here."""


class MoodModel:
    """A loaded model. Not for use by several threads at once.

    Attributes:
        manifest: what it says of itself.
        hash: sha256 of the whole file, hexadecimal.
    """

    def __init__(self, manifest: Manifest, network: bytes, sha256: str) -> None:
        self.manifest, self.hash = manifest, sha256
        self._usual = None if manifest.neutral_mean is None else np.array(manifest.neutral_mean, np.float32)
        try:
            self._network = Network(network, delegated=False)  # dense and small
        except ValueError as error:
            raise BadModel(Reason("model.unreadable", reason=reason(error))) from None
        wanted = ([(1, len(MEASURES[manifest.schema]))], [(1, len(manifest.labels))])
        found = (self._network.input_shapes, self._network.output_shapes)
        if found != wanted:
            shapes = {"taken": found[0], "made": found[1], "wanted": wanted[0], "promised": wanted[1]}
            raise BadModel(Reason("model.shapes", **{name: str(shape) for name, shape in shapes.items()}))

    @property
    def labels(self) -> tuple[str, ...]:
        """The moods, in the order of the probabilities."""
        return self.manifest.labels

    @property
    def usual(self) -> Floats | None:
        """Mean measures of faces at rest in its training; None: not known, so no neutral face can be subtracted."""
        return self._usual

    @property
    def schema(self) -> str:
        """Which measures it takes, a key of `measures.MEASURES`."""
        return self.manifest.schema

    def probabilities(self, vector: Floats, own_neutral: Floats | None = None, gain: float = 1.0) -> Floats:
        """Probability of each label, float32 [len(labels)], summing to 1.

        Args:
            vector: measures of one sample by `schema`, float32 [k]; the second opinion's may be NaN or missing.
            own_neutral: measures of this person's face at rest, or None.
            gain: see `measures.with_own_neutral`.
        """
        if own_neutral is not None and self._usual is not None:
            vector = with_own_neutral(vector, own_neutral, self._usual, gain)
        return tempered(self.raw(vector), self.manifest.temperature)

    def read(self, vector: Floats, own_neutral: Floats | None = None, gain: float = 1.0) -> dict[str, float]:
        """`probabilities` by label, but in plain numbers: of so few, a call of numpy costs more than all of this."""
        if own_neutral is not None and self._usual is not None:
            vector = with_own_neutral(vector, own_neutral, self._usual, gain)
        temperature = self.manifest.temperature
        logs = [math.log(max(share, LEAST_SHARE)) / temperature for share in self.raw(vector).tolist()]
        highest = max(logs)
        powers = [math.exp(value - highest) for value in logs]
        total = sum(powers)
        return dict(zip(self.labels, (power / total for power in powers), strict=True))

    def raw(self, vector: Floats) -> Floats:
        """What the network says, before the temperature; float32 [len(labels)]."""
        count = len(MEASURES[self.schema])
        whole = len(vector) == count and not math.isnan(np.add.reduce(vector))
        self._network.input[0] = vector if whole else without_gaps(vector, count)
        self._network.run()
        row: Floats = self._network.output(0)[0].copy()
        return row


def tempered(probabilities: Floats, temperature: float) -> Floats:
    """Probabilities [..., k] with their logarithms divided by the temperature, and summing to 1 again."""
    logs = np.log(np.maximum(probabilities, LEAST_SHARE)) / temperature
    powers = np.exp(logs - logs.max(-1, keepdims=True))
    shares: Floats = (powers / powers.sum(-1, keepdims=True)).astype(np.float32)
    return shares


def load(path: Path, mirrored: bool | None = None) -> MoodModel:
    """Reads a model file. Raises BadModel: `path` and one line of what is wrong with it.

    `mirrored` says whether the camera's pictures are mirror images; a model that uses hands and was trained on the
    other kind is refused. None: do not ask.
    """
    try:
        data = _read(path)
        model = MoodModel(*unbundle(data), sha256_hex(data))
        _check_mirrored(model.manifest, mirrored)
    except BadModel as error:
        raise BadModel(Reason("list.of", what=str(path), reason=str(error))) from None
    return model


def candidates(configured: str, state: Path) -> list[Path]:
    """Where to look for the model, best first: configured, else deployed, and always the starter.

    Args:
        configured: `model.file`, may be empty.
        state: sense's state folder.
    """
    try:
        deployed = [state / DEPLOYED] if (state / DEPLOYED).exists() else []
    except OSError:  # another user's folder: that it cannot be read is said when it is tried
        deployed = [state / DEPLOYED]
    return [*([Path(configured)] if configured else deployed), STARTER]


def load_first(paths: Iterable[Path], mirrored: bool | None = None) -> tuple[MoodModel, Path, list[str]]:
    """The first good model, where it is, and what is wrong with those before it. Raises BadModel if none is good."""
    complaints: list[str] = []
    for path in paths:
        try:
            return load(path, mirrored), path, complaints
        except BadModel as error:
            complaints.append(str(error))
    raise BadModel(together(complaints) or Reason("model.none"))


def _read(path: Path) -> bytes:
    try:
        return files.read_at_most(path, LIMIT_BYTES)
    except files.TooLarge:
        raise BadModel(Reason("model.too_large", mebibytes=LIMIT_BYTES // 1024**2)) from None
    except OSError as error:
        raise BadModel(Reason("model.no_access", reason=system(error))) from None


def _check_mirrored(manifest: Manifest, mirrored: bool | None) -> None:
    if mirrored is None or not manifest.uses_hands or manifest.mirrored == mirrored:
        return
    raise BadModel(Reason("model.trained_mirrored" if manifest.mirrored else "model.trained_unmirrored"))
