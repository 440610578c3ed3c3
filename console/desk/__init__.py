"""The desk: agents serve customers, live. See ``docs/desk.md``."""
