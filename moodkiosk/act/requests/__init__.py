"""Those who ask and wait for an answer: nothing here waits, the main loop calls in.

`player_answers` for what becomes of a decision, `look_requests` for what plays, `song_requests` for songs to choose
from, of which `offers` are there; each has a list of those who are `waiting`.
"""
