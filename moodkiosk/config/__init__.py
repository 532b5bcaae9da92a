"""What the operator says: `settings` (the classes), `load` (YAML to settings), `mistakes` (what is wrong and where).

`document` is the file itself, `limits` what values may be, `languages` those of the page. `running` holds
what runs against the file, `changes` says what takes a changed key.
"""
