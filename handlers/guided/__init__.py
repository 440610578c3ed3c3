"""Guided conversations: what the shop asks, checks and decides, slot by slot."""
