"""From a frame to faces.

`search` says where to look, `detector` finds, `landmarks` and `hands` measure, `tracks` follows; `still` tells a
picture on the wall from a person, `quality` how good the view is, `upright` whether the camera hangs as it should.
`shrink` makes pictures smaller.
`engine` is the seam to MediaPipe's networks: `choose` makes one, `litert` and `mediapipe` are the two there are,
`networks` finds the files.
"""
