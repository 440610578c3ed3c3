"""The small parts that remember: journal, clock, media, shoppers, agents, limits, turns."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from simulator.agents import AgentDesk
from simulator.clock import OffsetClock, read_offset
from simulator.errcodes import ApiError
from simulator.journal import Journal, shorten
from simulator.limits import CallLimits
from simulator.media import LIFE, MediaShelf, sample_picture
from simulator.menus import check_menu
from simulator.quota import DEFAULT_ALLOWANCES
from simulator.shoppers import Route, ShopperBook, ShopperRefused, openid_of
from simulator.turns import Rows

NOON = datetime(2026, 1, 2, 12, 0, tzinfo=UTC)


def test_the_journal_forgets_the_oldest_and_keeps_counting() -> None:
    journal = Journal(lambda: NOON, capacity=3)
    for number in range(1, 6):
        journal.append("thing", size=number)
    assert [entry.number for entry in journal.after(0)] == [3, 4, 5]
    assert [entry.number for entry in journal.after(3)] == [4, 5]
    assert [entry.number for entry in journal.after(3, limit=1)] == [4]
    assert journal.after(5) == []
    assert journal.counts["thing"] == 5


async def test_readers_of_the_journal_wait_for_more() -> None:
    journal = Journal(lambda: NOON)
    reader = asyncio.create_task(journal.wait_beyond(0))
    await asyncio.sleep(0)
    assert not reader.done()
    journal.append("thing")
    await asyncio.wait_for(reader, 1)


def test_clearing_the_journal_does_not_reuse_numbers() -> None:
    journal = Journal(lambda: NOON)
    journal.append("a")
    journal.clear()
    assert journal.append("b").number == 2
    assert [entry.kind for entry in journal.after(0)] == ["b"]


def test_long_bodies_are_cut() -> None:
    assert shorten("a" * 4096) == "a" * 4096
    assert shorten("a" * 5000).endswith("(5000 characters)")


def test_the_clock_shares_its_offset_by_a_file(tmp_path: Path) -> None:
    file = tmp_path / "run" / "offset"
    clock = OffsetClock(file, real=lambda: 1000.0)
    assert file.read_text() == "0.0\n"
    clock.shift_to(3600.5)
    assert clock.epoch() == 4600.5
    assert read_offset(file) == 3600.5
    assert OffsetClock(file, real=lambda: 0.0).offset == 3600.5
    assert [path.name for path in file.parent.iterdir()] == ["offset"]


@pytest.mark.parametrize("text", ["soon", "nan", "inf", ""])
def test_an_offset_file_that_holds_no_number(tmp_path: Path, text: str) -> None:
    file = tmp_path / "offset"
    file.write_text(text)
    with pytest.raises(ValueError, match=r"number|float"):
        OffsetClock(file)


def test_media_live_three_days_and_make_room() -> None:
    shelf = MediaShelf(capacity=10)
    first = shelf.put("image", "image/png", b"12345", 0)
    assert shelf.get(first.media_id, LIFE) == first
    assert shelf.get(first.media_id, LIFE + 1) is None
    shelf.put("image", "image/png", b"123456", 0)
    assert shelf.get(first.media_id, 0) is None


def test_the_sample_picture_is_a_png() -> None:
    assert sample_picture(2, 2).startswith(b"\x89PNG\r\n\x1a\n")


def book(capacity: int = 10) -> ShopperBook:
    return ShopperBook(app_id="wx1", allowances=DEFAULT_ALLOWANCES, capacity=capacity, lines_kept=3)


def test_an_openid_depends_on_account_and_shopper() -> None:
    openid = openid_of("wx1", "wang")
    assert openid == openid_of("wx1", "wang")
    assert len({openid, openid_of("wx2", "wang"), openid_of("wx1", "li")}) == 3
    assert openid.startswith("o")
    assert len(openid) == 28


def test_shoppers_are_found_by_id_and_by_openid() -> None:
    shoppers = book()
    wang = shoppers.ensure("wang", nickname="王女士")
    assert shoppers.ensure("wang") is wang
    assert shoppers.by_openid(wang.openid) is wang
    shoppers.remove("wang")
    assert shoppers.by_openid(wang.openid) is None
    with pytest.raises(ShopperRefused):
        shoppers.get("wang")


@pytest.mark.parametrize("shopper", ["", "a b", "../x", "王", "x" * 65])
def test_ids_that_cannot_be(shopper: str) -> None:
    with pytest.raises(ShopperRefused):
        book().ensure(shopper)


def test_there_is_a_limit_to_shoppers_and_to_lines() -> None:
    shoppers = book(capacity=1)
    wang = shoppers.ensure("wang")
    with pytest.raises(ShopperRefused):
        shoppers.ensure("li")
    for number in range(5):
        wang.add(Route.SHOPPER, "text", {"text": str(number)}, at=NOON)
    assert [line.content["text"] for line in wang.lines_after(0)] == ["2", "3", "4"]
    assert [line.number for line in wang.lines_after(4)] == [5]


async def test_waiting_for_an_answer_skips_what_the_shopper_says() -> None:
    wang = book().ensure("wang")
    heard = wang.next_heard()
    wang.add(Route.SHOPPER, "text", {"text": "在吗"}, at=NOON)
    assert not heard.done()
    answer = wang.add(Route.CUSTOM, "text", {"text": "在的"}, at=NOON)
    assert await heard == answer


def test_transfers_to_agents() -> None:
    desk = AgentDesk()
    assert desk.transfer("o1", None, 0) is None
    assert desk.waiting == {"o1": 0}
    desk.set_agent("a@shop", online=False)
    assert desk.transfer("o2", None, 0) is None
    named = desk.transfer("o1", "a@shop", 5)
    assert named is not None
    assert desk.waiting == {"o2": 0}
    assert desk.serving("o1", 5 + 1800) is named
    assert desk.serving("o1", 5 + 1801) is None


@pytest.mark.parametrize(("account", "code"), [("nobody", 65401), ("away", 65415), ("other", 65414)])
def test_sessions_that_cannot_be_opened(account: str, code: int) -> None:
    desk = AgentDesk()
    desk.set_agent("away", online=False)
    desk.set_agent("first")
    desk.set_agent("other")
    desk.open("first", "o1", 0)
    with pytest.raises(ApiError) as caught:
        desk.open(account, "o1", 0)
    assert caught.value.errcode == code


def test_only_ones_own_session_can_be_closed() -> None:
    desk = AgentDesk()
    desk.set_agent("a")
    desk.open("a", "o1", 0)
    with pytest.raises(ApiError) as caught:
        desk.close("b", "o1")
    assert caught.value.errcode == 65413
    assert desk.close("a", "o1").openid == "o1"


def test_call_limits_by_day_and_clearing_them() -> None:
    limits = CallLimits(per_day={"/x": 1})
    limits.count("/x", 0)
    with pytest.raises(ApiError) as caught:
        limits.count("/x", 1)
    assert caught.value.errcode == 45009
    limits.count("/x", 86_400)
    for _ in range(10):
        limits.clear_by_api(86_400)
    limits.count("/x", 86_400)
    with pytest.raises(ApiError) as caught:
        limits.clear_by_api(86_400)
    assert caught.value.errcode == 48006


def test_a_good_menu() -> None:
    menu = {
        "button": [
            {"type": "click", "name": "查订单", "key": "order"},
            {
                "name": "逛逛",
                "sub_button": [{"type": "view", "name": "商城", "url": "https://shop.example.com"}],
            },
        ]
    }
    assert check_menu(menu) == menu


@pytest.mark.parametrize(
    ("menu", "code"),
    [
        ({}, 40016),
        ({"button": []}, 40016),
        ({"button": [{"type": "click", "name": "a", "key": "b"}] * 4}, 40016),
        ({"button": ["a"]}, 47001),
        ({"button": [{"type": "click", "name": "太长的菜单名", "key": "b"}]}, 40018),
        ({"button": [{"type": "click", "name": "a", "key": "k" * 129}]}, 40019),
        ({"button": [{"type": "view", "name": "a"}]}, 40020),
        ({"button": [{"type": "dance", "name": "a"}]}, 40017),
        ({"button": [{"name": "a", "sub_button": [{"type": "click", "name": "a", "key": "b"}] * 6}]}, 40023),
    ],
)
def test_menus_that_cannot_be(menu: dict[str, object], code: int) -> None:
    with pytest.raises(ApiError) as caught:
        check_menu(menu)
    assert caught.value.errcode == code


async def test_a_row_keeps_its_order() -> None:
    rows = Rows()
    first, second = rows.join("wang"), rows.join("wang")
    waiting = asyncio.create_task(rows.wait(second, "send", patience=5))
    await asyncio.sleep(0)
    assert not waiting.done()
    rows.mark_sent(first)
    await asyncio.wait_for(waiting, 1)
    until_over = asyncio.create_task(rows.wait(second, "answer", patience=5))
    await asyncio.sleep(0)
    assert not until_over.done()
    rows.leave("wang", first)
    await asyncio.wait_for(until_over, 1)


async def test_stepping_aside_lets_the_next_one_go_first() -> None:
    rows = Rows()
    first, second = rows.join("wang"), rows.join("wang")
    aside = asyncio.create_task(rows.let_overtake(first, patience=5))
    await asyncio.wait_for(rows.wait(second, "send", patience=5), 1)
    assert not aside.done()
    rows.mark_sent(second)
    assert await asyncio.wait_for(aside, 1)
    assert not await rows.let_overtake(rows.join("li"), patience=0.001)
