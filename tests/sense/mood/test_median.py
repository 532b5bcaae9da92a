"""The median of measures is numpy's."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from moodkiosk.sense.mood.median import median

NUMBERS = st.floats(-1e6, 1e6, width=32) | st.just(float("nan"))
ROWS = arrays.arrays(np.float32, st.tuples(st.integers(1, 9), st.integers(1, 4)), elements=NUMBERS)


@given(ROWS)
def test_it_is_the_one_of_numpy_to_the_last_bit_for_any_number_of_looks_and_gaps(
    rows: np.ndarray[tuple[int, ...], np.dtype[np.float32]],
) -> None:
    before = rows.copy()
    found = median(rows)
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, np.median(rows, axis=0))
    np.testing.assert_array_equal(rows, before)
