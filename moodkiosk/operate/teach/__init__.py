"""Teaching the running kiosk from a terminal: `command` follows the sitting that sense holds, `screen` shows it."""
