"""The kiosk is taught, with numpy alone: from takes of somebody's moods to a model that has proved itself.

`learning` does it in small steps; `takes` are what it is given, `samples` the same as a table, `examination` holds some
of it out, `recipe` says how it trains, `fit` trains, `masks` says whether covered mouths were taught. `dense` is the
network as numbers, `flatbuffer` the same as a file for TensorFlow Lite. `figures` and `proof` say how good and how
sure, `doubts` what is odd about takes; `store` keeps the models before.
"""
