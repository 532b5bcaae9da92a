"""What is kept: `recording` (labelled landmarks), `corrections` (what people said was wrong), `erase` deletes both."""
