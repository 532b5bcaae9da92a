"""What the operator says: `settings` (the classes), `load` (YAML to settings), `mistakes` (what is wrong and where).

`document` is the file itself, `limits` what values may be, `file_path` and `hosts` what a path and the name of a
machine may be, `languages` those of the page and the terminal, `arguments` what is typed on it. `running` holds what
runs against the file, `changes` says what takes a changed key.
"""
