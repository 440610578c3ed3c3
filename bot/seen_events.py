"""What Xiaoer itself sees of a customer, as an event like those that the shop's systems tell. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from conversations.inbound import (
    Content,
    EnteredSession,
    Followed,
    Inbound,
    MenuClicked,
    Scanned,
    Trigger,
    Unfollowed,
)
from customers.events.event import CustomerEvent, EventKind
from customers.identity.identifier import Identifier, IdentifierKind, of_address
from customers.settings import OWN_SOURCE

MallIdOf = Callable[[str], str | None]
"""The mall id that a scene parameter is signed for; None when it is not signed, wrongly or too long ago."""


def no_scene_is_signed(_scene: str) -> str | None:
    """Where no secret is set to check signatures with."""
    return None


def seen_event(inbound: Inbound, mall_id_of: MallIdOf) -> CustomerEvent | None:
    """None for what no customer did. The same message always gives the same event."""
    customer = of_address(inbound.address)
    if customer is None:
        return None
    scene = _scene(inbound.content)
    mall_id = mall_id_of(scene) if scene else None
    kind = _kind(inbound)
    if kind is None and mall_id is not None:
        kind = EventKind.ABOUT
    if kind is None:
        return None
    linked = () if mall_id is None else (Identifier(IdentifierKind.MALL_ID, mall_id),)
    # A signed scene names a customer: that is for the link, not for everybody who reads events.
    shown = {"scene": scene[:64]} if scene and mall_id is None else {}
    return CustomerEvent(
        source=OWN_SOURCE,
        event_id=hashlib.sha256(inbound.key.encode()).hexdigest()[:40],
        kind=kind,
        at=inbound.sent_at,
        who=(customer, *linked),
        extra=shown,
    )


def _kind(inbound: Inbound) -> EventKind | None:
    match inbound.content:
        case Followed():
            return EventKind.FOLLOW
        case Unfollowed():
            return EventKind.UNFOLLOW
        case MenuClicked():
            return EventKind.CLICK
        case _:
            return EventKind.MESSAGE if inbound.trigger is Trigger.MESSAGE else None


def _scene(content: Content) -> str:
    match content:
        case Followed(scene=scene):
            return scene or ""
        case Scanned(scene=scene):
            return scene
        case EnteredSession(scene_param=scene_param):
            return scene_param
        case _:
            return ""
