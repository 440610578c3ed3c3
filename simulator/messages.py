"""The inner body of a callback, as XML or JSON (docs: Receiving_standard_messages)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from simulator.markup import cdata

Field = str | int | float
Fields = tuple[tuple[str, Field], ...]

VOICED_EVENTS = frozenset({"subscribe", "scan", "click"})
"""Events after which the shopper sees the failure notice when the bot does not answer (lower case)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inner:
    """One message or event before it is signed and sealed; the same for every attempt to deliver it."""

    to_user: str
    from_user: str
    create_time: int
    msg_type: str
    fields: Fields
    msg_id: str | None = None
    raw: str | None = None
    """The whole clear body, verbatim, instead of the fields: for what the platform would never send."""

    @property
    def event(self) -> str | None:
        """The event's name when this is an event."""
        return next((str(value) for name, value in self.fields if name == "Event"), None)

    @property
    def label(self) -> str:
        """A short name for logs: ``text``, ``event:CLICK``."""
        return self.msg_type if self.event is None else f"event:{self.event}"

    @property
    def shows_failure(self) -> bool:
        """Whether the shopper is told when the bot fails to answer."""
        return self.event is None or self.event.lower() in VOICED_EVENTS

    def all_fields(self) -> Fields:
        """Every field in the order in which the platform writes them."""
        head: Fields = (
            ("ToUserName", self.to_user),
            ("FromUserName", self.from_user),
            ("CreateTime", self.create_time),
            ("MsgType", self.msg_type),
        )
        tail: Fields = () if self.msg_id is None else (("MsgId", int(self.msg_id)),)
        return head + self.fields + tail

    def xml_fields(self) -> str:
        """The elements without the enclosing ``<xml>``."""
        return "\n".join(f"<{name}>{_xml(value)}</{name}>" for name, value in self.all_fields())

    def json_fields(self) -> Mapping[str, Field]:
        """The same fields as a JSON object."""
        return dict(self.all_fields())


def to_json(value: Mapping[str, object]) -> str:
    """Compact JSON with clear (not ``\\u``-escaped) text, as the platform writes it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _xml(value: Field) -> str:
    return cdata(value) if isinstance(value, str) else str(value)
