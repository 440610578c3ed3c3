"""How the parts of the corp say that the bot broke a rule."""

from __future__ import annotations

from typing import Protocol


class Violate(Protocol):
    """Records a broken rule by its code; ``shopper`` is whom it concerned."""

    def __call__(self, code: str, *, shopper: str | None = None, detail: str = "") -> None: ...
