"""The model file: a TensorFlow Lite network with its labels and its manifest in a zip at its end (contract 2).

The interpreter ignores what follows the network, `zipfile` what precedes it; so one file carries all, as in TensorFlow
Lite's own metadata convention.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from moodkiosk.failure import OneLine, reason
from moodkiosk.host.digest import sha256_hex
from moodkiosk.host.files import NOT_JSON
from moodkiosk.sense import unzip
from moodkiosk.sense.mood import labels
from moodkiosk.sense.mood.measures import FACE_AND_HANDS, MEASURES, possible, resting
from moodkiosk.words.reason import Reason

FORMAT = 1
"""Of the manifest."""

TEXT_BYTES = 4 * 1024**2
"""Manifest and labels, unpacked; the usual manifest has 5 kB, most of it the hashes of the training files."""

MANIFEST, LABELS = "manifest.json", "labels.txt"


class BadModel(OneLine):
    """A file that is not a mood model for this kiosk, and why."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a model says of itself.

    Attributes:
        labels: the moods, in the order of the network's outputs.
        schema: which measures it takes, a key of `measures.MEASURES`.
        extractor: what found the landmarks it was trained on.
        mirrored: it was trained on mirror images; matters only to hands.
        uses_hands: the hands must be looked for.
        neutral_mean: mean measures of the training set's faces at rest, the face's part only; None: not known, so
            an own neutral cannot be used.
        temperature: divides the logarithms of the network's probabilities, so that they mean what they say.
        network_sha256: of the network's bytes, hexadecimal: a damaged network would bring the interpreter down.
        metrics: figures on held-out data, by name.
        training_files: name to sha256 of each file it was trained on.
        version: of moodkiosk, at training.
        format: of this manifest.
        covered_mouths: it was taught with covered mouths too, so that it reads such faces.
        made: how: "starter", "train" (on a desktop), "teach" (at the kiosk); "" for models of before.
    """

    labels: tuple[str, ...]
    schema: str
    extractor: str
    mirrored: bool
    uses_hands: bool
    neutral_mean: tuple[float, ...] | None
    temperature: float
    network_sha256: str
    metrics: dict[str, float | None] = field(default_factory=dict)
    training_files: dict[str, str] = field(default_factory=dict)
    version: str = ""
    format: int = FORMAT
    covered_mouths: bool = False
    made: str = ""


def bundle(network: bytes, manifest: Manifest, extras: Mapping[str, bytes] | None = None) -> bytes:
    """The model file: same network, manifest and `extras` (further files by name), same bytes."""
    file = io.BytesIO(network)
    file.seek(0, io.SEEK_END)
    contents = {
        LABELS: "".join(f"{label}\n" for label in manifest.labels).encode(),
        MANIFEST: msgspec.json.format(msgspec.json.encode(manifest), indent=1),
        **(extras or {}),
    }
    with zipfile.ZipFile(file, "a") as archive:
        for name, content in contents.items():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))  # no dates
            entry.create_system = 3  # the same on every system
            archive.writestr(entry, content)
    return file.getvalue()


def unbundle(data: bytes) -> tuple[Manifest, bytes]:
    """Manifest and network of a model file's bytes. Raises BadModel, one line."""
    if data[4:8] != b"TFL3":  # the flatbuffer's file identifier, schema.fbs of TensorFlow Lite
        raise BadModel(Reason("model.no_tflite"))
    try:
        with unzip.opened(data) as archive:
            size = min(entry.header_offset for entry in archive.infolist())
            texts = {name: unzip.read(archive, name, TEXT_BYTES) for name in (MANIFEST, LABELS)}
    except unzip.Damaged:
        raise BadModel(Reason("model.bare")) from None
    manifest = _manifest(texts[MANIFEST])
    if tuple(texts[LABELS].decode("utf-8", "replace").splitlines()) != manifest.labels:
        raise BadModel(Reason("model.labels_differ", one=LABELS, other=MANIFEST))
    if sha256_hex(data[:size]) != manifest.network_sha256:
        raise BadModel(Reason("model.other_network"))
    return manifest, data[:size]


def _manifest(text: bytes) -> Manifest:
    try:
        manifest = msgspec.json.decode(text, type=Manifest)
    except NOT_JSON as error:
        raise BadModel(Reason("model.damaged", file=MANIFEST, reason=reason(error))) from None
    if manifest.format != FORMAT:
        raise BadModel(Reason("model.format", found=manifest.format, known=FORMAT))
    if manifest.schema not in MEASURES:
        raise BadModel(Reason("model.schema", found=repr(manifest.schema), known=list(MEASURES)))
    if manifest.uses_hands != (manifest.schema == FACE_AND_HANDS):
        raise BadModel(Reason("model.hands", file=MANIFEST))
    if (why_not := labels.complaint(manifest.labels)) is not None:
        raise BadModel(why_not)
    usual = manifest.neutral_mean
    if usual is not None and (len(usual) != resting(manifest.schema) or not all(map(possible, usual))):
        raise BadModel(Reason("model.neutral_mean"))
    if not 0.01 <= manifest.temperature <= 100:
        raise BadModel(Reason("model.temperature"))
    return manifest
