"""What is kept.

`recording` (labelled landmarks), `corrections` (what people said was wrong), `erase` deletes both, `npy` reads arrays
that nobody vouches for.
"""
