"""Who may use the page.

`security` guards every `request`, and `headers` says what browsers may do with the answers; `sign_in` lets people in,
`sessions` and `password` are what it goes by.
"""
