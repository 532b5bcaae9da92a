"""Sense: camera, faces, landmarks, measures, mood. No network, no pictures kept.

`main` starts it, `composition` puts it together, `loop` turns: a frame through the `pipeline` becomes a reading.
`camera` gives frames, `faces` finds people, `mood` reads them, `records` is what is kept, `lessons` what it is taught,
`teach` makes a model of that; `actor` is drawn.
`uplink` is the link to act, `repeats` what it need not be told, `orders` what it asks for;
`pace` says how often to look, `slow` when looks take too long, `health` how it is going.
`interpreter` runs networks, `unzip` opens files that nobody vouches for.
"""
