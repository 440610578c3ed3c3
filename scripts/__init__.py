"""Developer and operator commands that are longer than one line of the Makefile."""
