"""How good a model is: `evaluate` (the command), `figures`, `advice`, and the `report` with its `charts` and `page`."""
