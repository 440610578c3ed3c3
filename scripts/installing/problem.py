"""The one error of set-up: something is missing, and this is the cure."""


class SetupProblem(Exception):
    """A sentence for the person at the terminal: what is missing and what to do about it."""
