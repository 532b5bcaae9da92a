"""Who may use the page.

`security` guards every request, `sign_in` lets people in, `sessions` and `password` are what it goes by.
"""
