"""The kiosk page and its JSON API: what a person in front of the kiosk sees, and what a program may ask."""
