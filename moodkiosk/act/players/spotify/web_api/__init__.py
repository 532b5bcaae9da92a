"""Spotify's Web API.

`client` is the only module that sends requests, by spotipy; it is loaded at the first decision, for it is slow to
import. `answers` are what comes back, `errors` names everything that can go wrong, `session` is the one way out,
`rate_limit` keeps away from a service that asked for it (429), `allowance` limits looks for those who ask.
"""
