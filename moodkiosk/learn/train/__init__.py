"""A model is made.

`command` reads what is asked, `fit` fits, `network` is the Keras half, `make_model` writes the file. `starter` makes
the model that comes with the kiosk, from what `starter_faces` shows it: strangers, on a `grid`, and `actors`, as
`starter_actors` keeps them; `starter_streams` puts strangers together in time, to say how sure it may be; `mean_face`
is the face that heads are turned by. `opinion` makes the network that looks at pixels; `backend` is TensorFlow, quiet.
"""
