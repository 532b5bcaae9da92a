"""`moodkiosk tunes`: five calm pieces, one a mood, composed and played by this program.

`composer` writes the notes of a piece by chance within rules, `synth` plays them, `flac` writes them down by `linear`
prediction, without loss; `command` makes a folder of them with tags that a music server can search by.
"""
