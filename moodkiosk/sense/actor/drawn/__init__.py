"""A drawn person, in OpenCV's ovals and curves; no picture of anybody."""
