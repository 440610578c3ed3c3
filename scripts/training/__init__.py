"""Texts that the embedder is trained on, all written for it."""
