"""Music, decided: `policy` takes the decision, `gates` may be shut before it, `choose` says what fits a mood.

`continuity` knows the occasions, `running` what is taken to run, `night` what the hour and an empty room mean for it,
`respect` how long a person's choice holds, `hearing` which song plays, `songs` what is offered to choose from, and
`opinions` what the household thinks of it; `playback` is where all of that is held. `contexts` is what people may write
to be played, `reasons` what people are told of it.
"""
