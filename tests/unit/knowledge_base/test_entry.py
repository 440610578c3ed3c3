"""Entries and their stored form."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.address import Channel
from knowledge_base.attachment import Attachment, AttachmentKind, attachment_problems
from knowledge_base.audience import Audience, AudienceUnreadable, Variant
from knowledge_base.entry import Entry, EntryId

OLD = {"id": "return", "category": "退货", "question": "怎么退货", "similar": ["退货"], "answer": "打开订单"}
FULL = Entry(
    id=EntryId("return"),
    question="怎么退货",
    answer="{name}，打开订单",
    similar=("退货",),
    category="退货",
    variants=(Variant(audience=Audience(channel=Channel.KEFU, segment="vip"), answer="我来帮您办"),),
    valid_from=date(2026, 11, 1),
    valid_until=date(2026, 11, 30),
    attachments=(Attachment(kind=AttachmentKind.LINK, ref="https://shop.example/r", title="退货说明"),),
    disabled=True,
    note="双十一后改回来",
)


def test_the_old_form_is_read_and_written_as_it_was() -> None:
    entry = Entry.from_json(OLD)
    assert entry == Entry(
        id=EntryId("return"), question="怎么退货", answer="打开订单", similar=("退货",), category="退货"
    )
    assert entry.as_json() == OLD


def test_what_is_written_is_read() -> None:
    assert Entry.from_json(json.loads(json.dumps(FULL.as_json()))) == FULL


@given(
    variants=st.dictionaries(st.sampled_from(["kefu", "wecom", "*/vip", "kefu/vip"]), st.text(min_size=1)),
    first=st.none() | st.dates(),
    last=st.none() | st.dates(),
    disabled=st.booleans(),
    note=st.text(),
)
def test_every_combination_is_read_as_written(
    variants: dict[str, str], first: date | None, last: date | None, disabled: bool, note: str
) -> None:
    raw = {**OLD, "answers": variants, "disabled": disabled, "note": note}
    raw |= {"valid_from": first.isoformat()} if first else {}
    raw |= {"valid_until": last.isoformat()} if last else {}
    entry = Entry.from_json(raw)
    assert Entry.from_json(entry.as_json()) == entry
    assert {variant.audience.key: variant.answer for variant in entry.variants} == variants
    assert (entry.valid_from, entry.valid_until, entry.disabled) == (first, last, disabled)


def test_an_unknown_field_is_named_with_the_cure() -> None:
    with pytest.raises(ValueError, match=r"'colour'.*remove the field"):
        Entry.from_json({**OLD, "colour": "red"})


@pytest.mark.parametrize(
    "fields",
    [
        {"answers": ["kefu"]},
        {"answers": {"sms": "x"}},
        {"valid_from": "soon"},
        {"attachments": ["x"]},
        {"attachments": [{"kind": "song", "ref": "x"}]},
        {"attachments": [{"kind": "link", "ref": "https://a.example", "size": 3}]},
        {"disabled": "yes"},
        {"similar": "退货"},
    ],
)
def test_damaged_fields_are_refused(fields: dict[str, object]) -> None:
    with pytest.raises((ValueError, TypeError, KeyError, AudienceUnreadable)):
        Entry.from_json({**OLD, **fields})


@pytest.mark.parametrize(
    ("kind", "fields", "problem"),
    [
        ("image", {"ref": "MEDIA_id-1"}, None),
        ("image", {"ref": "https://shop.example/a.png"}, None),
        ("image", {"ref": "javascript:alert(1)"}, "素材编号"),
        ("file", {"ref": "/etc/passwd"}, "素材编号"),
        ("link", {"ref": "https://shop.example/x", "title": "说明"}, None),
        ("link", {"ref": "https://shop.example/x"}, "缺少标题"),
        ("link", {"ref": "ftp://shop.example/x", "title": "说明"}, "网址"),
        ("link", {"ref": "https:///x", "title": "说明"}, "网址"),
        ("miniprogram", {"ref": "wx0123456789abcdef", "title": "商城", "page": "pages/a.html"}, None),
        ("miniprogram", {"ref": "wx1", "title": "商城", "page": "pages/a.html"}, "AppID"),
        ("miniprogram", {"ref": "wx0123456789abcdef", "title": "商城"}, "页面路径"),
        ("image", {"ref": "M", "page": "x"}, "不需要页面路径"),
        ("image", {"ref": "M", "thumb": "a b"}, "缩略图"),
    ],
)
def test_attachments_are_checked(kind: str, fields: dict[str, str], problem: str | None) -> None:
    problems = attachment_problems(Attachment(kind=AttachmentKind(kind), **fields))
    assert len(problems) == (problem is not None)
    assert problem is None or problem in problems[0]
