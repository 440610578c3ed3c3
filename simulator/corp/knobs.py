"""What can be turned of the corp while the simulator runs: ``PATCH /_sim/settings {"corp": {…}}``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import cast

from simulator.corp.settings import CorpSettings
from simulator.requests_in import BadRequest


@dataclass(slots=True, kw_only=True)
class CorpKnobs:
    """Times in seconds; the type of each value is the type of its default.

    ``kefu_*`` belong to 微信客服: how often ``sync_msg`` gives an empty page with ``has_more`` 1 (the next
    ``kefu_sync_empty_pages`` calls, and others by ``kefu_sync_empty_probability``), how many calls a minute it
    takes without a token, how long the token of a callback lives, the errcode for a msgid used before
    (documented: ids are unique per account, else an error is returned; its number is not published), which of
    95002 and 95018 answers a message after the window, whether changes of state that only others report are
    legal, whether a click in a menu renews the budget as a message does (not documented either way), and
    (``native_reception``) whether new sessions go to people by themselves.
    """

    callback_url: str
    token_expires_in: float = 7200.0
    ban_after: int = 5
    ban_seconds: float = 3600.0
    trusted_ips: list[str] = field(default_factory=list)
    calls_per_minute: int = 10_000
    calls_per_hour: int = 150_000
    path_calls_per_minute: dict[str, int] = field(default_factory=dict)
    native_reception: bool = False
    kefu_sync_empty_pages: int = 0
    kefu_sync_empty_probability: float = 0.0
    kefu_sync_without_token_per_minute: int = 10
    kefu_sync_token_life: float = 600.0
    kefu_page_limit: int = 1000
    kefu_duplicate_errcode: int = 40058
    kefu_late_errcode: int = 95002
    kefu_budget: int = 5
    kefu_window: float = 172_800.0
    kefu_undocumented_changes: bool = True
    kefu_click_renews: bool = True


def knobs_of(settings: CorpSettings) -> CorpKnobs:
    """The knobs as the settings have them."""
    return CorpKnobs(
        callback_url=settings.callback_url,
        trusted_ips=list(settings.trusted_ips),
        native_reception=settings.native_reception,
    )


def change(knobs: CorpKnobs, data: Mapping[str, object]) -> None:
    """Apply changes one by one; raises BadRequest at the first that is wrong (those before it hold)."""
    known = {item.name for item in fields(knobs)}
    for name, value in data.items():
        if name not in known:
            raise BadRequest(f"corp.{name}: no such setting; there are {', '.join(sorted(known))}")
        setattr(knobs, name, _like(getattr(knobs, name), value, name))


def _like(present: object, value: object, name: str) -> object:
    if isinstance(present, bool):
        fits = isinstance(value, bool)
    elif isinstance(present, float):
        fits = isinstance(value, int | float) and not isinstance(value, bool) and value >= 0
        value = float(cast("float", value)) if fits else value
    elif isinstance(present, int):
        fits = isinstance(value, int) and not isinstance(value, bool) and value >= -1
    elif isinstance(present, list):
        fits = isinstance(value, list)
        value = [str(item) for item in cast("list[object]", value)] if fits else value
    elif isinstance(present, dict):
        fits = isinstance(value, dict) and all(isinstance(item, int) for item in value.values())
    else:
        fits = isinstance(value, str) and bool(value)
    if not fits:
        raise BadRequest(f"corp.{name} must be like {present!r}")
    return value
