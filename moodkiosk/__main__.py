"""`python -m moodkiosk` is the command `moodkiosk`."""

import sys

from moodkiosk.cli import main

sys.exit(main())
