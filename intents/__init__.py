"""Understanding: what a customer wants, from the words of the message."""
