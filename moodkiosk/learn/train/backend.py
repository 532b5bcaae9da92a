"""TensorFlow, quiet, and set up so that the same seed gives the same weights."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator
from typing import Any


def prepare() -> None:
    """What TensorFlow must find in the environment when it is loaded, by us or by MediaPipe."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")  # its sums depend on the processor
    os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")


@contextlib.contextmanager
def tensorflow(threads: int = 0) -> Iterator[Any]:
    """TensorFlow; on this many threads, where it has not begun yet (0: as many as it likes)."""
    prepare()
    import tensorflow as tf

    if threads:
        with contextlib.suppress(RuntimeError):  # it has begun
            tf.config.threading.set_intra_op_parallelism_threads(threads)
            tf.config.threading.set_inter_op_parallelism_threads(threads)
    tf.config.experimental.enable_op_determinism()
    tf.keras.backend.clear_session()
    yield tf


@contextlib.contextmanager
def silent() -> Iterator[None]:
    """The converter reports past all of Python's means; what it says is shown only if it fails."""
    sys.stdout.flush()
    kept = {stream: os.dup(stream) for stream in (1, 2)}
    with tempfile.TemporaryFile() as file:
        for stream in kept:
            os.dup2(file.fileno(), stream)
        try:
            yield
        except BaseException:
            file.seek(0)
            os.write(kept[2], file.read())
            raise
        finally:
            sys.stdout.flush()
            for stream, copy in kept.items():
                os.dup2(copy, stream)
                os.close(copy)
