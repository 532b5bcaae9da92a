"""Music, decided: `policy` takes the decision, `gates` may be shut before it, `choose` says what fits a mood.

`contexts` is what people may write to be played, `reasons` what people are told of it.
"""
