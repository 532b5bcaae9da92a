"""What the operator says: `settings` (the classes), `load` (YAML to settings), `mistakes` (what is wrong and where)."""
