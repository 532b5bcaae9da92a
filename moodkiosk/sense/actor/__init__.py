"""A drawn person before a drawn camera, for demo and tests: `actor` plays, `stage` is the camera, `drawn` draws."""
