"""How good a model is: `evaluate` (the command), `advice`, and the `report` with its `charts` and `page`."""
