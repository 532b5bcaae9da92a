"""Learn: recordings, training, evaluation."""
