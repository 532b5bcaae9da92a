"""A drawn person, in OpenCV's ovals and curves; no picture of anybody.

`looks` is who it is and what the face does, `portrait` paints it, `room` is where; `brush` has the shapes.
"""
