"""What an act of people leads to, and the reading of its data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import cast

from simulator.corp.world import CorpWorld
from simulator.corpapp.fields import Json
from simulator.requests_in import BadRequest

Data = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Doing:
    """The callbacks of an act, the row that keeps them in order, and what is shown to whoever let it happen."""

    events: tuple[Json, ...] = ()
    row: str = ""
    shown: Mapping[str, object] = field(default_factory=dict)


Doer = Callable[[CorpWorld, Data, float], Doing]


def words(data: Data, name: str, default: str | None = None) -> str:
    """A text; raises BadRequest when it is missing and has no default."""
    value = data.get(name, default)
    if isinstance(value, str) and (value or default is not None):
        return value
    raise BadRequest(f"{name} must be text that is not empty")


def listed(data: Data, name: str) -> list[str]:
    """A list of texts, not empty; raises BadRequest."""
    value = data.get(name)
    if isinstance(value, list) and value and all(isinstance(item, str) for item in value):
        return cast("list[str]", value)
    raise BadRequest(f"{name} must be a list of texts")
