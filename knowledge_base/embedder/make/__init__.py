"""Makes the default embedder at set-up, from weights that a declared dependency carries."""
