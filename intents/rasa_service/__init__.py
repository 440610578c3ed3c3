"""Rasa as a service of its own: its environment, its training, its process, and the client that asks it."""
