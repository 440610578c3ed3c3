"""Events as the shop's systems write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from customers.events.event import Acquisition, AcquisitionChannel, CustomerEvent, EventKind, Role
from customers.events.stored import stored, told_from_json, told_to_json
from customers.events.wire import Refusal, read_event
from customers.identity.identifier import Identifier, IdentifierKind

NOW = datetime(2026, 11, 3, 4, 0, tzinfo=UTC)
PAID: dict[str, Any] = {
    "id": "e1",
    "kind": "pay",
    "at": "2026-11-03T10:00:00+08:00",
    "who": {"phone": "+86 138-0013-8000", "unionid": "u1", "mall_id": " M7 "},
    "order_no": "o1",
    "amount_fen": 21_200,
}


def read(**about: Any) -> CustomerEvent | Refusal:
    told = {name: value for name, value in {**PAID, **about}.items() if value is not ...}
    return read_event(told, 4, "mall", NOW)


def test_an_event_is_read_whole() -> None:
    told = read(
        category="水果",
        came_by={"channel": "social", "campaign": "双11"},
        role="creator",
        extra={"shop": "东门店"},
    )
    assert told == CustomerEvent(
        source="mall",
        event_id="e1",
        kind=EventKind.PAY,
        at=datetime(2026, 11, 3, 2, 0, tzinfo=UTC),
        who=(
            Identifier(IdentifierKind.MALL_ID, "M7"),
            Identifier(IdentifierKind.UNIONID, "u1"),
            Identifier(IdentifierKind.PHONE, "13800138000"),
        ),
        order_no="o1",
        amount_fen=21_200,
        category="水果",
        acquisition=Acquisition(channel=AcquisitionChannel.SOCIAL, campaign="双11"),
        role=Role.CREATOR,
        extra={"shop": "东门店"},
    )
    kept = stored(told)
    assert told_from_json(told_to_json(kept.told)) == kept.told == {
        "order_no": "o1",
        "amount_fen": 21_200,
        "category": "水果",
        "acquisition": ["social", "双11"],
        "role": "creator",
        "extra": {"shop": "东门店"},
    }  # fmt: skip


def test_what_is_wrong_is_named_with_its_cure() -> None:
    wrong: dict[str, dict[str, Any]] = {
        "id": {"id": ""},
        "kind": {"kind": "message"},
        "at": {"at": "2026-11-03 10:00"},
        "at, early": {"at": "2010-12-31T00:00:00Z"},
        "at, late": {"at": (NOW + timedelta(days=1, seconds=1)).isoformat()},
        "who": {"who": {}},
        "who, none": {"who": ...},
        "who.phone": {"who": {"phone": "12345"}},
        "who.openid": {"who": {"openid": "oABC"}},
        "who.weixin": {"who": {"weixin": "wang"}},
        "order_no": {"order_no": ""},
        "amount_fen": {"amount_fen": 212.0},
        "amount_fen, none": {"amount_fen": None},
        "seconds": {"kind": "view"},
        "came_by.channel": {"came_by": {"channel": "tv"}},
        "oder_no": {"oder_no": "o1", "order_no": ...},
        "extra": {"extra": {str(number): "x" for number in range(11)}},
        "text": {"text": "a\0b"},
    }
    for name, about in wrong.items():
        refusal = read(**about)
        assert isinstance(refusal, Refusal), name
        assert (refusal.index, refusal.field) == (4, name.partition(",")[0])
        assert refusal.cure.startswith(("Write ", "Use "))
        assert len(refusal.cure) > len("Write it")
    shapeless = read_event(["no event"], 0, "mall", NOW)
    assert isinstance(shapeless, Refusal)
    assert (shapeless.field, shapeless.id) == ("event", "")


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from([*PAID, "seconds", "extra"]), st.none() | st.integers() | st.text()))
def test_whatever_comes_is_read_or_refused(about: dict[str, Any]) -> None:
    told = read(**about)
    assert isinstance(told, CustomerEvent | Refusal)
    if isinstance(told, Refusal):
        assert orjson.dumps(told.as_json())
