"""The parts of an app that remember: windows, receivers, chats, robots, files, menu."""

import pytest

from simulator.corp.errcodes import TEXTS, CorpError
from simulator.corp.members import Members
from simulator.corpapp.chats import AppChats
from simulator.corpapp.contents import Rules
from simulator.corpapp.fields import page
from simulator.corpapp.files import SIZES, AppFiles, check_file
from simulator.corpapp.handsets import Handsets
from simulator.corpapp.menus import check_menu, leaves
from simulator.corpapp.receivers import resolve
from simulator.corpapp.robots import Robots
from simulator.corpapp.windows import HOUR, MINUTE, Allowed, Windows
from simulator.media import LIFE, MediaShelf

RULES = Rules(stored=lambda _: None)


def members() -> Members:
    found = Members(["ZhangSan:张三", "lisi", "wangwu"])
    found.add("gone", visible=False)
    return found


def test_windows_slide_and_refusals_are_not_counted() -> None:
    windows = Windows(allowances=(Allowed(times=2, seconds=MINUTE), Allowed(times=3, seconds=HOUR)))
    taken = [windows.take("a", at) for at in (0, 59, 59.9, 60, 61, 3600)]
    assert taken == [True, True, False, True, False, True]
    assert windows.take("b", 59.9)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ({}, 82001),
        ({"touser": "|".join(f"u{n}" for n in range(1001))}, 40032),
        ({"toparty": "|".join(str(n) for n in range(101))}, 82002),
        ({"totag": "|".join(str(n) for n in range(101))}, 82003),
        ({"touser": "nobody|gone", "totag": "5"}, 81013),
        ({"touser": 5}, 40058),
    ],
)
def test_receivers_that_are_refused(data: dict[str, object], code: int) -> None:
    with pytest.raises(CorpError) as refused:
        resolve(data, members())
    assert refused.value.errcode == code


def test_receivers_are_named_once_and_the_invalid_in_lower_case() -> None:
    found = resolve({"touser": "zhangsan|ZHANGSAN|Gone", "toparty": "9", "totag": "5"}, members())
    assert found.userids == ("ZhangSan",)
    assert found.as_json() == {
        "invaliduser": "gone",
        "invalidparty": "9",
        "invalidtag": "5",
        "unlicenseduser": "",
    }
    assert resolve({"touser": "@all"}, members()).userids == ("ZhangSan", "lisi", "wangwu")
    assert resolve({"toparty": "1"}, members()).userids == ("ZhangSan", "lisi", "wangwu")


def test_a_chat_drops_for_one_member_what_is_too_much() -> None:
    handsets = Handsets(lambda: 0.0)
    chats = AppChats(members=members(), handsets=handsets)
    chat = chats.create({"userlist": ["lisi", "wangwu"]}, 0)
    body = {"chatid": chat.chat_id, "msgtype": "text", "text": {"content": "好"}}
    dropped = [chats.send(body, RULES, 0) for _ in range(201)]
    assert dropped[199:] == [[], ["lisi", "wangwu"]]
    assert len(handsets.lines("lisi")) == 200


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ({"chatid": "a-b"}, 86001),
        ({"chatid": "a" * 33}, 86205),
        ({"name": "名" * 51}, 86004),
        ({"userlist": ["lisi", "gone"]}, 81011),
        ({"userlist": ["lisi", "LISI"]}, 86006),
    ],
)
def test_chats_that_cannot_be_made(data: dict[str, object], code: int) -> None:
    chats = AppChats(members=members(), handsets=Handsets(lambda: 0.0))
    with pytest.raises(CorpError) as refused:
        chats.create({"userlist": ["lisi", "wangwu"], **data}, 0)
    assert refused.value.errcode == code
    assert chats.chats == {}


def test_a_robots_refused_message_costs_nothing() -> None:
    robots = Robots(("k",))
    good = {"msgtype": "text", "text": {"content": "好"}}
    for _ in range(30):
        with pytest.raises(CorpError, match="40058"):
            robots.send("k", {"msgtype": "text", "text": {"content": "长" * 683}}, RULES, 0)
    for _ in range(20):
        robots.send("k", good, RULES, 0)
    with pytest.raises(CorpError, match="45009"):
        robots.send("k", good, RULES, 59)
    robots.send("k", good, RULES, 60)


@pytest.mark.parametrize("kind", SIZES)
def test_a_file_may_be_just_as_large_as_its_kind_allows(kind: str) -> None:
    most, code = SIZES[kind]
    start = {"image": b"\xff\xd8\xff", "voice": b"#!AMR\n"}.get(kind, b"")
    check_file(kind, start + bytes(most - len(start)))
    with pytest.raises(CorpError) as refused:
        check_file(kind, start + bytes(most - len(start) + 1))
    assert refused.value.errcode == code


def test_files_belong_to_the_app_or_to_one_robot() -> None:
    files = AppFiles(MediaShelf())
    mine = files.add("file", "单.pdf", "application/pdf", b"123456", 0)
    its = files.add("file", "单.pdf", "application/pdf", b"123456", 0, robot="k")
    assert (files.kind_of(mine.media_id, 0), files.kind_of(its.media_id, 0)) == ("file", None)
    assert files.kind_of(its.media_id, 0, robot="k") == "file"
    assert files.name_of(files.get(mine.media_id, LIFE)) == "单.pdf"
    for media_id, at in ((mine.media_id, LIFE + 1), (its.media_id, 0), ("none", 0)):
        with pytest.raises(CorpError, match="40007"):
            files.get(media_id, at)
    with pytest.raises(CorpError, match="40004"):
        files.add("image", "a.png", "image/png", b"123456", 0, robot="k")


@pytest.mark.parametrize(
    ("button", "code"),
    [
        ({"type": "click", "name": "长" * 6, "key": "k"}, 40018),
        ({"type": "poem", "name": "a"}, 40017),
        ({"type": "click", "name": "a", "key": ""}, 40019),
        ({"type": "view", "name": "a"}, 40020),
        ({"name": "a", "sub_button": [{"type": "click", "name": "b", "key": "k"}] * 6}, 40023),
        ({"name": "a", "sub_button": [{"name": "b", "sub_button": [{}]}]}, 40022),
        ({"name": "a", "sub_button": [{"type": "poem", "name": "b"}]}, 40024),
    ],
)
def test_menus_that_are_refused(button: dict[str, object], code: int) -> None:
    with pytest.raises(CorpError) as refused:
        check_menu({"button": [button]})
    assert refused.value.errcode == code


def test_the_buttons_of_a_menu_that_do_something() -> None:
    sub = {"type": "view_miniprogram", "name": "小程序", "pagepath": "p", "appid": "wx1"}
    menu = check_menu(
        {"button": [{"type": "click", "name": "a", "key": "k"}, {"name": "b", "sub_button": [sub]}]}
    )
    assert [leaf["name"] for leaf in leaves(menu)] == ["a", "小程序"]


def test_repetitions_are_found_until_the_member_says_something() -> None:
    handsets = Handsets(lambda: 0.0)
    handsets.add("lisi", "app", "text", {"text": "好"}, "m1")
    handsets.add("lisi", "app", "text", {"text": "好"}, "m2")
    assert handsets.repeated("m2") == ["lisi"]
    handsets.add("lisi", "member", "text", {"text": "?"}, "m3")
    handsets.add("lisi", "app", "text", {"text": "好"}, "m4")
    assert handsets.repeated("m4") == []


def test_pages_and_their_cursors() -> None:
    first = page({"limit": 2}, 3, default=50, most=100)
    assert first[:2] == (0, 2)
    assert page({"limit": 2, "cursor": first[2]}, 3, default=50, most=100) == (2, 3, "")
    assert page({"limit": 1000}, 3, default=2, most=100)[:2] == (0, 2)
    with pytest.raises(CorpError, match="50100"):
        page({"cursor": "x"}, 3, default=2, most=100)


def test_every_code_that_is_given_has_a_text() -> None:
    given = {42014, 42022, 60140, 81011, 81017, 82001, 86216, 41064, 41093, 41094, 301019, 50100, 49008}
    assert given <= TEXTS.keys()
