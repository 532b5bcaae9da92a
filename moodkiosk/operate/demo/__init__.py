"""`moodkiosk demo`.

`command` runs the kiosk with a drawn actor, `booth` serves the page that directs the actor, `pictures` are what it
shows, `sound` is a music server of its own.
"""
