"""Which handler serves which intent: exactly one each."""

from __future__ import annotations

from collections.abc import Callable

from handlers.turn import Handler


class Router:
    """Handlers by intent. ``Router(a, b)`` merges others; an intent registered twice raises ValueError."""

    def __init__(self, *others: Router) -> None:
        self._handlers: dict[str, Handler] = {}
        for other in others:
            for name, handler in other._handlers.items():
                self._add(name, handler)

    def intent(self, name: str) -> Callable[[Handler], Handler]:
        """Registers the decorated handler for ``name``."""

        def register(handler: Handler) -> Handler:
            self._add(name, handler)
            return handler

        return register

    @property
    def intents(self) -> frozenset[str]:
        return frozenset(self._handlers)

    def get(self, intent: str) -> Handler | None:
        """The handler of ``intent``; None when nobody serves it."""
        return self._handlers.get(intent)

    def _add(self, name: str, handler: Handler) -> None:
        if name in self._handlers:
            raise ValueError(f"intent {name!r} already has a handler")
        self._handlers[name] = handler
