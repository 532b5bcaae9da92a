"""Music on an MPD server: local files, internet radio, and what Mopidy, Volumio, moOde and OwnTone reach.

`player` is the `Player`, `buttons` what it does at the server for each kind of decision. `protocol` speaks MPD's lines,
`library` finds what a decision asks for (`folders`: by the name of one), `queue` tells our queue from others' and
gives theirs back, `whose` says whose music plays, `loudness` moves the volume, `songs` says which song plays, `news`
hears when that changes, `offers` what there is to choose from, `doctor` asks how the server is.
"""
