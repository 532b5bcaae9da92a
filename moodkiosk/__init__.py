"""moodkiosk: a kiosk that sees how you feel and plays the music for it.

The half that sees (`moodkiosk.sense`) cannot talk to the network; the half that talks (`moodkiosk.act`) cannot see.
Between them flows what `moodkiosk.moods` defines, over the socket that `moodkiosk.link` speaks.
"""

__version__ = "0.1.0"
