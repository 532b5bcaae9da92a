"""Times as no clock should give them, for what is fed by them: in any order, repeated, far apart."""

from __future__ import annotations

from hypothesis import strategies as st

ANY_TIME = st.sampled_from([0.0, 1.0, 1.0, 99.9, 100.0, 100.0, 100.05, 100.3, 104.0, 130.0]) | st.floats(-1e9, 1e9)
"""Finite: what is no time is refused where it comes in (the link's lines, films), and our own clock gives none."""
