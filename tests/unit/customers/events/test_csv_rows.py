"""Rows of a table as events, and what is said of those that are none."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from customers.events.csv_headers import HEADERS, column_of
from customers.events.csv_rows import EventRows, HeaderRefused, NotOne, RowRefused
from customers.events.event import Acquisition, AcquisitionChannel, CustomerEvent, EventKind, Role
from customers.events.wire import EventIn, Who
from customers.identity.identifier import Identifier, IdentifierKind

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
ORDERS = (
    "订单编号",
    "会员ID",
    "下单时间",
    "付款时间",
    "实付金额（元）",
    "商品名称",
    "商品类目",
    "退款时间",
    "退款金额",
)
PAID = ("D1", "M7", "2026-11-01 10:00", "2026-11-01 10:02:30", "1,212.50", "五常大米", "粮油", "", "")


def rows(*header: str, kind: EventKind | None = None, account: str = "") -> EventRows:
    return EventRows(header, source="mall", kind=kind, account=account)


def one(event: CustomerEvent | RowRefused | NotOne) -> CustomerEvent:
    assert isinstance(event, CustomerEvent), event
    return event


def test_a_row_with_the_names_of_the_wire() -> None:
    header = (
        "id", "kind", "at", "mall_id", "phone", "order_no", "amount_fen", "seconds", "channel", "campaign", "role",
        "region", "age_band", "prompted", "extra.store", "who.unionid",
    )  # fmt: skip
    cells = (
        "e-1", "pay", "2026-11-22T10:00:00+08:00", "M7", "138 0013 8000", "D1", "21200", "1.5", "social", "618",
        "creator", "浙江", "25-34", "true", "杭州", "u7",
    )  # fmt: skip
    assert one(rows(*header).read(cells, 2, NOW)) == CustomerEvent(
        source="mall",
        event_id="e-1",
        kind=EventKind.PAY,
        at=datetime(2026, 11, 22, 2, 0, tzinfo=UTC),
        who=(
            Identifier(IdentifierKind.MALL_ID, "M7"),
            Identifier(IdentifierKind.UNIONID, "u7"),
            Identifier(IdentifierKind.PHONE, "13800138000"),
        ),
        order_no="D1",
        amount_fen=21_200,
        seconds=1.5,
        prompted=True,
        acquisition=Acquisition(channel=AcquisitionChannel.SOCIAL, campaign="618"),
        region="浙江",
        age_band="25-34",
        role=Role.CREATOR,
        extra={"store": "杭州"},
    )


def test_an_export_of_orders_is_read_for_each_kind() -> None:
    paid = one(rows(*ORDERS, kind=EventKind.PAY).read(PAID, 2, NOW))
    assert (paid.order_no, paid.amount_fen, paid.item, paid.category) == ("D1", 121_250, "五常大米", "粮油")
    assert paid.at == datetime(2026, 11, 1, 2, 2, 30, tzinfo=UTC)
    ordered = one(rows(*ORDERS, kind=EventKind.ORDER).read(PAID, 2, NOW))
    assert (ordered.at, ordered.amount_fen) == (datetime(2026, 11, 1, 2, 0, tzinfo=UTC), None)
    refunds = rows(*ORDERS, kind=EventKind.REFUND)
    assert refunds.read(PAID, 2, NOW) == NotOne()
    assert refunds.read((*PAID[:7], "2026-11-05 09:00", "0.00"), 2, NOW) == NotOne()
    refunded = one(refunds.read((*PAID[:7], "2026-11-05 09:00", "-12.50"), 2, NOW))
    assert refunded.amount_fen == 1_250
    assert len({paid.event_id, ordered.event_id, refunded.event_id}) == 3
    unpaid = (*PAID[:3], "", "0.00", *PAID[5:])
    assert rows(*ORDERS, kind=EventKind.PAY).read(unpaid, 2, NOW) == NotOne()


def test_a_name_made_of_the_content_is_stable() -> None:
    pay = rows("订单号", "手机号", "付款时间", "实付金额", "备注", kind=EventKind.PAY)
    again = rows("phone", "amount_fen", "order_no", "at", "kind")
    first = one(pay.read(("D1", "13800138000", "2026-11-01 10:00", "12.5", "轻放"), 2, NOW))
    same = one(again.read(("138-0013-8000", "1250", "D1", "2026/11/1 10:00:00", "付款"), 9, NOW))
    other = one(pay.read(("D1", "13800138000", "2026-11-01 10:01", "12.5", ""), 3, NOW))
    assert (
        first.event_id
        == one(pay.read(("D1", "13800138000", "2026/11/1 10:00", "¥12.50", ""), 7, NOW)).event_id
    )
    assert first.event_id.startswith("row-")
    assert len(first.event_id) == 44
    assert first.event_id != other.event_id
    assert same.event_id == first.event_id
    assert pay.ignored == ("备注",)


def test_refusals_name_the_cell_and_a_cure() -> None:
    pay = rows("订单号", "会员ID", "手机", "付款时间", "实付金额(元)", kind=EventKind.PAY)
    good = ("D1", "M7", "13800138000", "2026-11-01 10:00", "12.5")
    wrong = {
        ("", *good[1:]): ("订单号", "is missing, and pay needs it"),
        (*good[:2], "1380013", *good[3:]): ("手机", "string should match pattern '^1\\d{10}$'"),
        (*good[:3], "昨天", good[4]): ("付款时间", "is no time that can be read"),
        (*good[:3], "1999-01-01", good[4]): (
            "付款时间",
            "is before 2011, or more than a day ahead of our clock",
        ),
        (*good[:4], "12.345"): ("实付金额(元)", "has more than two decimals"),
        (*good[:4], "-3"): ("实付金额(元)", "input should be greater than or equal to 1"),
        (*good[:4], ""): ("实付金额(元)", "is missing, and pay needs it"),
        (*good[:1], "", "138****8000", *good[3:]): ("who", "field required"),
        (*good, "", "!"): ("row", "has 7 cells, and the header has 5"),
    }
    found = {cells: pay.read(cells, 5, NOW) for cells in wrong}
    assert all(isinstance(each, RowRefused) and each.line == 5 and each.cure for each in found.values()), (
        found
    )
    said = {
        cells: (each.field, each.problem) for cells, each in found.items() if isinstance(each, RowRefused)
    }
    assert said == wrong
    assert str(found[*good[:4], "12.345"]) == (
        "line 5: 实付金额(元): has more than two decimals. Write yuan such as 212.50"
    )


def test_kinds_roles_and_openids_in_words() -> None:
    header = ("事件", "时间", "OpenID", "渠道", "身份", "停留时长（秒）")
    table = rows(*header, account="gh_demo")
    found = one(table.read(("浏览", "2026-11-01", "oABC", "搜索", "团长", "200"), 2, NOW))
    assert (found.kind, found.role, found.seconds) == (EventKind.VIEW, Role.GROUP_OWNER, 200)
    assert found.who == (Identifier(IdentifierKind.OPENID, "gh_demo:oABC"),)
    full = one(table.read(("加购", "2026-11-01", "gh_other:oABC", "", "", ""), 2, NOW))
    assert full.who == (Identifier(IdentifierKind.OPENID, "gh_other:oABC"),)
    unknown = table.read(("飞行", "2026-11-01", "oABC", "", "", ""), 2, NOW)
    assert isinstance(unknown, RowRefused)
    assert unknown.field == "事件"


@pytest.mark.parametrize(
    ("header", "kind", "words"),
    [
        (("kind", "at"), None, "no column says who"),
        (("mall_id", "at"), None, "no column says what happened"),
        (
            ("mall_id", "下单时间"),
            EventKind.PAY,
            "no column says when it happened: add at (时间), or the time of pay",
        ),
    ],
)
def test_a_header_under_which_nothing_could_be_read(
    header: tuple[str, ...], kind: EventKind | None, words: str
) -> None:
    with pytest.raises(HeaderRefused, match=words.replace("(", r"\(").replace(")", r"\)")):
        rows(*header, kind=kind)


def test_of_two_columns_that_say_the_same_the_first_counts() -> None:
    table = rows("手机号", "会员手机号", "at", "refused", kind=EventKind.SHARE)
    event = one(table.read(("13800138000", "13900139000", "2026-11-01", "line 2: …"), 2, NOW))
    assert [name.value for name in event.who] == ["13800138000"]
    assert table.ignored == ("会员手机号",)


def test_every_field_of_the_wire_has_a_header() -> None:
    flat = set(EventIn.model_fields) - {"who", "came_by", "extra"}
    nested = {f"who.{name}" for name in Who.model_fields} | {"came_by.channel", "came_by.campaign"}
    assert {column.field for column in HEADERS.values()} == flat | nested
    for name in flat | nested:
        column = column_of(name)
        assert column is not None, name
        assert (column.field, column.of) == (name, None)
    assert column_of("extra.store") is not None
    assert column_of("extra.") is None
    assert column_of("收货人手机") is None
