"""From what customers asked in vain to entries that answer it."""
