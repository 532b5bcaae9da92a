"""What is said to whoever asks for something about teaching that cannot be had now."""


class NotNow(Exception):
    """Why an order about teaching was not carried out, in one line."""
