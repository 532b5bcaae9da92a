"""Music on a Spotify Connect speaker, through the Web API.

`player` carries a decision out: it looks once at what is playing (`answers`, `override`), finds out what to start
(`music`), where (`speaker`) and how loud (`loudness`), and starts it.
`client` is the only module that sends requests, by spotipy; it is loaded at the first decision, for it is slow to
import. `errors` names everything that can go wrong, `session` is the one
way out, `rate_limit` keeps away from a service that asked for it (429), `account` signs in and keeps the tokens,
`memory` what a restart must not forget. `remote` is the remote control: starts, pauses, skips. `allowance` limits
looks for those who ask, `pictures` fetches covers, `doctor` is what `moodkiosk doctor` asks.
"""
