"""The one error of the demo."""


class DemoFailed(RuntimeError):
    """Something did not start or did not go on; the text says what, and where its log is."""
