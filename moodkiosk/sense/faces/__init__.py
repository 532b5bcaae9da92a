"""From a frame to faces.

`search` says where to look, `detector` finds, `landmarks` and `hands` measure, `tracks` follows. `graph` runs
MediaPipe's own networks; `still` tells a picture on the wall from a person, `quality` how good the view is.
"""
