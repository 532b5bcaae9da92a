"""A sitting before the kiosk, as act sees it: `classroom` follows it for the page and the command line."""
