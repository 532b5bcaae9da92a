"""Home Assistant's device discovery: `payload` is the whole, of `seeing`, `music`, `health` and their `pieces`.

`discovery` is the command that shows or removes it.
"""
