"""The demo, as somebody at a terminal meets it."""
