"""Music on an MPD server: local files, internet radio, and what Mopidy, Volumio, moOde and OwnTone reach.

`protocol` speaks MPD's lines, `library` finds what a decision asks for (`folders`: by the name of one), `queue` tells
our queue from other people's and gives theirs back, `loudness` moves the volume, `songs` says which song plays, `news`
hears when that changes, `offers` what there is to choose from, `player` carries a decision out, `doctor` asks how the
server is.
"""
