"""Events as the shop's systems write them: JSON in, an event or what is wrong with it out. Pure.

The models are the one description of the format: they check, they give the cures in refusals, and OpenAPI is made of
them (``customers.events.openapi``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StrictInt, ValidationError

from customers.events.event import Acquisition, AcquisitionChannel, CustomerEvent, EventKind, Role
from customers.identity.identifier import Identifier, IdentifierKind

OLDEST = datetime(2011, 1, 1, tzinfo=UTC)
"""WeChat began in January 2011: nothing that happened there is older."""
AHEAD = timedelta(days=1)
"""How far the clocks of the shop's systems may be ahead of ours."""
MOST_EXTRA = 10

_NUMBER = re.compile(r"1\d{10}")
_APART = re.compile(r"[\s()-]|^\s*(\+|00)86")


Text = Annotated[str, Field(pattern=r"^[^\x00]*$")]
"""Without the character NUL, which PostgreSQL cannot keep."""


class _Told(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


def _digits(phone: object) -> object:
    return _APART.sub("", phone) if isinstance(phone, str) else phone


class Who(_Told):
    """Whom an event is of: at least one name. Several say that they are one person."""

    mall_id: Text | None = Field(
        default=None, min_length=1, max_length=100, description="the customer's id in the shop's own system"
    )
    unionid: Text | None = Field(default=None, min_length=1, max_length=100, description="the WeChat unionid")
    openid: str | None = Field(
        default=None,
        pattern=r"^(gh_|wx)[^:\s\x00]+:[^\s\x00]+$",
        max_length=150,
        description="the account and the openid: `gh_…:openid` of a 公众号, `wx…:openid` of a mini-program",
    )
    external_userid: Text | None = Field(
        default=None, min_length=1, max_length=100, description="the external_userid of 企业微信"
    )
    phone: Annotated[str | None, BeforeValidator(_digits)] = Field(
        default=None,
        pattern=f"^{_NUMBER.pattern}$",
        description="a mainland mobile number, confirmed by its owner",
    )


class CameBy(_Told):
    """By what the customer came."""

    channel: AcquisitionChannel = Field(description="one of search, content, social, lbs")
    campaign: Text = Field(
        default="", max_length=64, description="the campaign's code, at most 64 characters"
    )


ToldKind = Literal[
    "follow", "unfollow", "exposure", "click", "view", "cart", "order", "pay", "refund", "coupon_taken",
    "coupon_used", "share", "group_buy", "live_visit", "live_comment", "store_visit", "about",
]  # fmt: skip


class EventIn(_Told):
    """One event. ``id`` names it for ever among those of its source: told again, it changes nothing."""

    id: Text = Field(min_length=1, max_length=64, description="a name that no other event of yours has")
    kind: ToldKind = Field(description="one of the kinds in docs/events.md")
    at: AwareDatetime = Field(
        description="when it happened, ISO 8601 with its offset: 2026-11-22T10:00:00+08:00"
    )
    who: Who = Field(description="at least one of mall_id, unionid, openid, external_userid, phone")
    order_no: Text = Field(
        default="", max_length=64, description="the order's number; order, pay and refund need it"
    )
    amount_fen: StrictInt | None = Field(
        default=None, ge=1, le=10_000_000_000, description="whole fen above 0; pay and refund need it"
    )
    seconds: float | None = Field(
        default=None, ge=0, le=86_400, description="seconds, at most a day; view needs it"
    )
    item: Text = Field(default="", max_length=64, description="the SKU or the page, at most 64 characters")
    category: Text = Field(default="", max_length=32, description="the category, at most 32 characters")
    coupon: Text = Field(default="", max_length=64, description="the coupon's code, at most 64 characters")
    text: Text = Field(
        default="", max_length=500, description="what was written (弹幕), at most 500 characters"
    )
    prompted: bool = Field(default=False, description="true for a share that a reward was promised for")
    came_by: CameBy | None = Field(default=None, description="channel and campaign")
    region: Text = Field(
        default="", max_length=32, description="where the customer lives, at most 32 characters"
    )
    age_band: Text = Field(default="", max_length=16, description="such as 25-34, at most 16 characters")
    role: Role | None = Field(default=None, description="one of ordinary, group_owner, distributor, creator")
    extra: dict[Annotated[Text, Field(max_length=32)], Annotated[Text, Field(max_length=200)]] = Field(
        default_factory=dict,
        max_length=MOST_EXTRA,
        description=f"at most {MOST_EXTRA} short texts of your own, kept and shown",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """What is wrong with an event, and what to write instead. ``index``: its place in the request, from 0."""

    index: int
    id: str
    field: str
    problem: str
    cure: str

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


_NEEDED: Mapping[str, tuple[str, ...]] = {
    "view": ("seconds",),
    "order": ("order_no",),
    "pay": ("order_no", "amount_fen"),
    "refund": ("order_no", "amount_fen"),
}


def read_event(told: object, index: int, source: str, now: datetime) -> CustomerEvent | Refusal:
    """``told``: one element of ``events``; ``source``: who signed the request; ``now``: aware."""
    try:
        event = EventIn.model_validate(told)
    except ValidationError as error:
        return _refused(told, index, error)
    wrong = _wrong(event, now)
    if wrong is not None:
        field, problem = wrong
        return Refusal(index=index, id=event.id, field=field, problem=problem, cure=_cure((field,)))
    return _event(event, source)


def _wrong(event: EventIn, now: datetime) -> tuple[str, str] | None:
    """What the fields are together: the field and its problem."""
    if not OLDEST <= event.at <= now + AHEAD:
        return "at", "is before 2011, or more than a day ahead of our clock"
    if not event.who.model_fields_set:
        return "who", "names nobody"
    for field in _NEEDED.get(event.kind, ()):
        if getattr(event, field) in (None, ""):
            return field, f"is missing, and {event.kind} needs it"
    return None


def _event(event: EventIn, source: str) -> CustomerEvent:
    came_by = event.came_by
    return CustomerEvent(
        source=source,
        event_id=event.id,
        kind=EventKind(event.kind),
        at=event.at,
        who=_names(event.who),
        order_no=event.order_no,
        amount_fen=event.amount_fen,
        seconds=event.seconds,
        item=event.item,
        category=event.category,
        coupon=event.coupon,
        text=event.text,
        prompted=event.prompted,
        acquisition=None
        if came_by is None
        else Acquisition(channel=came_by.channel, campaign=came_by.campaign),
        region=event.region,
        age_band=event.age_band,
        role=event.role,
        extra=event.extra,
    )


_KINDS = tuple((IdentifierKind(name), name) for name in Who.model_fields)


def _names(who: Who) -> tuple[Identifier, ...]:
    return tuple(
        Identifier(kind, value) for kind, name in _KINDS if (value := getattr(who, name)) is not None
    )


def _refused(told: object, index: int, error: ValidationError) -> Refusal:
    """The first thing wrong; a field that no event has is named before others, being the likely reason for them."""
    problems = error.errors(include_url=False, include_context=False, include_input=False)
    first = min(problems, key=lambda each: each["type"] != "extra_forbidden")
    name = told.get("id") if isinstance(told, Mapping) else None
    known = [part for part in first["loc"] if isinstance(part, str)]
    problem = "is no field of an event" if first["type"] == "extra_forbidden" else first["msg"]
    return Refusal(
        index=index,
        id=name[:64] if isinstance(name, str) else "",
        field=".".join(known) or "event",
        problem=problem[:1].lower() + problem[1:],
        cure=_cure(known),
    )


def _cure(path: Sequence[str]) -> str:
    within = _WITHIN.get(path[0]) if len(path) > 1 else None
    model, name = (within, path[1]) if within is not None else (EventIn, path[0] if path else "")
    field = model.model_fields.get(name)
    if field is None:
        return f"Use {', '.join(model.model_fields)}"
    return f"Write {field.description}"


_WITHIN: Mapping[str, type[BaseModel]] = {"who": Who, "came_by": CameBy}
