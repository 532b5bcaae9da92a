"""What may be typed behind `moodkiosk`: `parser` has every command with its options, `overview` the help by purpose.

What a command does is in the module that it names, loaded when it is called.
"""
