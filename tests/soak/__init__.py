"""Hours of a whole kiosk with everything around it failing in turn: run by scripts/soak."""
