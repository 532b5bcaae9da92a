"""The second opinion: a small network that looks at the aligned grey crop of a face.

- `material`: faces with a teacher's answers, as data; which of them may be trained on.
- `views`: the views that the teacher has judged, made again.
- `augment`: what else a camera may do to a face: covers, gamma, noise, side light, few pixels.
- `batches`: what is shown, how often, and what the answer should be.
- `network`: the network and its training, in Keras.
- `judge`: figures on faces that were held out.
- `command`: `scripts/train_opinion.py`.
"""
