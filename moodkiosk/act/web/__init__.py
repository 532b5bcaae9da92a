"""The kiosk page and its JSON API: what a person in front of the kiosk sees, and what a program may ask.

`server` is the thread, `app` the addresses, `parts` what they share; `views` are the pages, `api` what programs ask.
`snapshot` is the newest of everything, `stream` tells browsers of changes, `history` keeps today's moods.
`pages` are the files as they are sent, `translation` their words; `tables` are the tables of docs/api.md.
`access` says who may come in, `connections` limits how many, `logging` keeps uvicorn quiet.
"""
