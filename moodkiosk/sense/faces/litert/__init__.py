"""MediaPipe's networks of faces and hands, run by LiteRT, with what MediaPipe's graphs do before and after them.

`crop` cuts a region out of a picture; `ssd` turns what a detector says into boxes; `engine` is the whole: `detector`,
`mesh` and `hands` put network, crop and boxes together. Made after the graphs of MediaPipe 0.10.18, and equal to them
(tests/sense/faces).
"""
