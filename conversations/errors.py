"""The errors of the product, sorted by what the runtime does about them."""

from __future__ import annotations


class XiaoerError(Exception):
    """Base of every error that we raise on purpose. The message defaults to the class docstring's first line."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (type(self).__doc__ or type(self).__name__).splitlines()[0])


class CallbackRejected(XiaoerError):
    """The callback is forged, stale or unreadable.

    The webhook answers ``status`` (4xx), counts it under ``reason`` (a short slug) and logs no body.
    """

    def __init__(self, reason: str, *, status: int = 403) -> None:
        super().__init__(f"callback rejected: {reason}")
        self.reason = reason
        self.status = status


class Transient(XiaoerError):
    """Something we need is away for now; the work is done again later.

    ``retry_after`` is in seconds; None leaves the delay to the retry schedule.
    """

    def __init__(self, message: str | None = None, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Permanent(XiaoerError):
    """Refused for good; doing it again would not help."""


class ConfigError(XiaoerError):
    """The configuration is wrong. ``key`` is its path, ``cure`` says what to write instead."""

    def __init__(self, key: str, problem: str, cure: str) -> None:
        super().__init__(f"{key}: {problem}. {cure}")
        self.key = key
        self.problem = problem
        self.cure = cure
