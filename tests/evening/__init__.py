"""A household's day with the kiosk's music, played in seconds; `scripts/evening` runs it.

`people` draws by chance who is where, how they look and what they do; `speaker` is the Web API's double with songs that
end; `household` plays the day through the real decide code and the real player; `figures` sums up what was heard.
"""
