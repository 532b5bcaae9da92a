"""Music on a Spotify Connect speaker, through the Web API.

`player` carries a decision out by `remote`, the remote control: it looks once at what is playing (`override`), finds
out what to start (`music`, which keeps what it finds in a `library`), where (`speaker`) and how loud (`loudness`), and
starts it (`launch`). `web_api` is how Spotify is asked, `account` signs in and keeps the tokens, `memory` is what no
restart forgets. `pictures` fetches covers, `doctor` is what `moodkiosk doctor` asks.
"""
