"""What an operator runs: `run`, `demo`, `replay`, `control` (commands to the running kiosk), `display`, `doctor`."""
