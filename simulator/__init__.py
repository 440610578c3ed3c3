"""The WeChat platform as a separate program, with its browser page."""
