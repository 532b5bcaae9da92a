"""Music on a Spotify Connect speaker, through the Web API.

`player` carries a decision out: it looks once at what is playing (`state`, `people`), finds out what to start
(`music`) and where (`speaker`), and starts it. `client` is the only module that sends requests, by spotipy;
it is loaded at the first decision, for it is slow to import. `trouble` names everything that can go wrong, `gate`
keeps away from a service that asked for it, `tokens` keeps the sign-in, `memory` what a restart must not forget.
"""
