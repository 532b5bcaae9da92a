"""A drawn person before a drawn camera, for demo and tests.

The words are the theatre's: the `actor` plays a scene by itself or by `cues`, the `stage` is the camera that sees it;
`drawn` draws.
"""
