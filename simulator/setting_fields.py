"""Readers of single settings, which arrive as text from wherever they come."""

from __future__ import annotations

from collections.abc import Mapping

_TRUE = {"1": True, "true": True, "yes": True, "on": True}
_FALSE = {"0": False, "false": False, "no": False, "off": False}


class BadSettings(ValueError):
    """Something is missing or wrong; the text names it and the cure."""


def number(text: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    """A whole number within bounds; raises BadSettings."""
    try:
        value = int(text.get(name, default))
    except ValueError as error:
        raise BadSettings(f"{name}: must be a whole number") from error
    if not low <= value <= high:
        raise BadSettings(f"{name}: must be between {low} and {high}")
    return value


def seconds(text: Mapping[str, str], name: str, default: float) -> float:
    """Seconds above 0 and at most an hour; raises BadSettings."""
    try:
        value = float(text.get(name, default))
    except ValueError as error:
        raise BadSettings(f"{name}: must be a number") from error
    if not 0 < value <= 3600:
        raise BadSettings(f"{name}: must be above 0 and at most 3600")
    return value


def choice(text: Mapping[str, str], name: str, default: str, choices: list[str]) -> str:
    """One of the given words; raises BadSettings."""
    value = text.get(name, default)
    if value not in choices:
        raise BadSettings(f"{name}: must be one of {', '.join(choices)}")
    return value


def switch(text: Mapping[str, str], name: str, *, default: bool) -> bool:
    """True or false; raises BadSettings."""
    value = text.get(name, str(default)).lower()
    if value not in _TRUE | _FALSE:
        raise BadSettings(f"{name}: must be true or false")
    return value in _TRUE


def names(value: object) -> tuple[str, ...]:
    """A list of names: a list in a file, or text with commas in an option or the environment."""
    items = value if isinstance(value, list | tuple) else str(value).split(",")
    return tuple(text for item in items if (text := str(item).strip()))
