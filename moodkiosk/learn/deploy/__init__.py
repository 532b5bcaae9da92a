"""A model goes to kiosks: `command` carries it over `ssh`, `install` takes it in there."""
