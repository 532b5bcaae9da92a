"""A sitting at a camera, also over SSH.

One picture, three words: the `studio` has the camera and finds faces, a `sitting` goes through the labels, a `take` is
one label of it. `command` starts it, `asking` settles what was asked for, `screen`, `lines` and `keys` are the
terminal, `fullscreen` all of it as a canvas, `drawing` draws the face back, `lease` borrows the camera of a running
kiosk, `remote` collects on one from a desktop.
"""
