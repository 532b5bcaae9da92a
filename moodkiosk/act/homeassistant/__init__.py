"""Home Assistant's device discovery: `payload` is the whole, of `seeing`, `music`, `health` and their `pieces`.

`about` is what is told of a kiosk, `names` gives the entities' names in other languages.

`discovery` is the command that shows or removes it.
"""
