"""A model is made.

`command` reads what is asked, `fit` fits, `network` is the Keras half, `make_model` writes the file. `starter` makes
the model that comes with the kiosk, from what `starter_faces` shows it: strangers, and `actors`; `mean_face` the face
that heads are turned by. `opinion` makes the network that looks at pixels; `backend` is TensorFlow, quiet.
"""
