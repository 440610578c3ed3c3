"""Trains the embedder on ways to ask the same thing; needs torch, which nothing else here does."""
