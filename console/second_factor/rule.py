"""When the second factor is asked for. Pure."""

from __future__ import annotations

from enum import Enum

from console.permissions import Access, Permission
from console.settings import SecondFactorMode

JUST_NOW_MS = 60_000
"""htmx cannot carry a form through the question: there an answer of the last minute counts for acts asked each time."""


class Asked(Enum):
    """How often an act asks."""

    RECENTLY = "recently"
    """Not again within ``console.second_factor_minutes`` of the session's last answer."""
    EACH_TIME = "each_time"
    """With every single act: the code comes with the form."""


class Needed(Enum):
    """What has to happen first."""

    NOTHING = "nothing"
    CODE = "code"
    ENROLMENT = "enrolment"


def asked_of(access: Access, asked: Asked | None) -> Asked | None:
    """What a route asks; whatever reveals personal data does, also when nobody thought of it."""
    if asked is None and access is Permission.PERSONAL_REVEAL:
        return Asked.RECENTLY
    return asked


def needed(
    mode: SecondFactorMode,
    *,
    enrolled: bool,
    asked: Asked,
    answered_ms: int | None,
    now_ms: int,
    within_ms: int,
    carried: bool,
) -> Needed:
    """``answered_ms``: when the session last gave a right code; ``carried``: the form is kept while it is asked."""
    if mode == "off":
        return Needed.NOTHING
    if not enrolled:
        return Needed.ENROLMENT if mode == "required" else Needed.NOTHING
    if asked is Asked.EACH_TIME:
        if carried:
            return Needed.CODE
        within_ms = JUST_NOW_MS
    fresh = answered_ms is not None and 0 <= now_ms - answered_ms < within_ms
    return Needed.NOTHING if fresh else Needed.CODE
