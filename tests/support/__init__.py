"""Small working programs that tests use: doubles of the outside world."""
