"""Sense: camera, faces, landmarks, measures, mood. No network, no pictures kept.

`main` starts it, `composition` puts it together, `loop` turns: a frame through the `pipeline` becomes a reading.
`camera` gives frames, `faces` finds people, `mood` reads them, `records` is what is kept, `teach`
makes a model of it; `actor` is drawn.
`uplink` is the link to act, `orders` what act asks for; `pace` says how often to look, `slow` when
looks take too long, `health` how it is going.
`interpreter` runs networks, `unzip` opens files that nobody vouches for.
"""
