"""The parts of customer contact that remember: follows, tags, groups, caps, mass messages."""

from datetime import datetime

import pytest

from simulator.contacts.addressing import assign
from simulator.contacts.book import ContactBook
from simulator.contacts.group_welcomes import GroupWelcomes
from simulator.contacts.groups import GroupBook, GroupRefused
from simulator.contacts.mass import MassBook, MassRefused
from simulator.contacts.monthly import CHINA, may_receive
from simulator.contacts.tags import TagBook, TagChange
from simulator.contacts.welcomes import Welcomes
from simulator.corp.errcodes import CorpError
from simulator.corp.members import Members

DAY = 86_400.0


def book(*names: str) -> ContactBook:
    return ContactBook(Members(names or ("lisi", "wangwu")))


def china(day: int, hour: int = 12, month: int = 2) -> float:
    return datetime(2026, month, day, hour, tzinfo=CHINA).timestamp()


def test_more_followers_than_a_page_come_with_a_cursor() -> None:
    contacts = book(*(f"m{number}" for number in range(501)))
    contacts.add_customer("王", "wmA")
    for number in range(501):
        contacts.follow(f"m{number}", "wmA", 0)
    first = contacts.detail("wmA", "")
    assert len(first["follow_user"]) == 500  # type: ignore[arg-type]
    rest = contacts.detail("wmA", str(first["next_cursor"]))
    assert ([item["userid"] for item in rest["follow_user"]], "next_cursor" in rest) == (  # type: ignore[attr-defined]
        ["m500"],
        False,
    )


@pytest.mark.parametrize(("userid", "customer", "code"), [("x", "wmA", 40003), ("lisi", "wm0", 40096)])
def test_relations_that_are_not(userid: str, customer: str, code: int) -> None:
    contacts = book()
    contacts.add_customer("王", "wmA")
    with pytest.raises(CorpError) as refused:
        contacts.relation(userid, customer)
    assert refused.value.errcode == code
    with pytest.raises(CorpError, match="84061"):
        contacts.relation("wangwu", "wmA")


def test_tags_are_made_changed_and_deleted_with_their_group() -> None:
    tags = TagBook()
    group, (sweet, salty), changes = tags.add(
        {"group_name": "口味", "tag": [{"name": "甜"}, {"name": "咸"}]}, 0
    )
    assert [change.kind for change in changes] == ["tag_group", "tag", "tag"]
    _, _, more = tags.add({"group_id": group.id, "tag": [{"name": "辣"}]}, 0)
    assert [change.kind for change in more] == ["tag"]
    assert tags.edit({"id": sweet.id, "name": "微甜"}) == TagChange(id=sweet.id, kind="tag")
    with pytest.raises(CorpError, match="40071"):
        tags.edit({"id": sweet.id, "name": "咸"})
    with pytest.raises(CorpError, match="40072"):
        tags.edit({"id": sweet.id, "name": "长" * 31})
    gone, _ = tags.delete({"tag_id": [sweet.id, salty.id]})
    assert gone == [sweet.id, salty.id]
    assert [item["group_id"] for item in tags.listed({})] == [group.id]
    _, changes = tags.delete({"tag_id": [more[0].id]})
    assert ([change.kind for change in changes], tags.groups) == (["tag", "tag_group"], {})


def test_tags_are_limited_in_a_group_in_the_corp_and_at_a_customer() -> None:
    contacts = book("lisi")
    contacts.add_customer("王", "wmA")
    contacts.follow("lisi", "wmA", 0)

    def add(group: str, first: int, count: int) -> list[str]:
        names = [{"name": f"{group}{number}"} for number in range(first, first + count)]
        return [tag.id for tag in contacts.tags.add({"group_name": group, "tag": names}, 0)[1]]

    full = add("a", 0, 3000)
    with pytest.raises(CorpError, match="40126"):
        add("a", 3000, 1)
    others = [*add("b", 0, 3000), *add("c", 0, 3000), *add("d", 0, 1000)]
    with pytest.raises(CorpError, match="40126"):
        add("e", 0, 1)
    pair = {"userid": "lisi", "external_userid": "wmA"}
    contacts.mark({**pair, "add_tag": full})
    with pytest.raises(CorpError, match="40126"):
        contacts.mark({**pair, "add_tag": others[:1]})
    contacts.mark({**pair, "add_tag": others[:1], "remove_tag": full[:1]})
    assert len(contacts.relation("lisi", "wmA").tag_ids) == 3000


def test_groups_need_owners_when_the_corp_is_large() -> None:
    groups = GroupBook(Members(f"m{number}" for number in range(1001)))
    with pytest.raises(CorpError, match="81017"):
        groups.listed({"limit": 10})
    owned = {"limit": 10, "owner_filter": {"userid_list": ["m1"]}}
    assert groups.listed(owned) == {"group_chat_list": []}


def test_what_cannot_happen_in_a_group() -> None:
    groups = GroupBook(Members(["lisi"]))
    owner = groups.newcomer("lisi", 1, "李四", 0, "", 0)
    group, _ = groups.create(owner, "群", 0, "wr1")
    with pytest.raises(GroupRefused):
        groups.create(owner, "群", 0, "wr1")
    with pytest.raises(GroupRefused):
        groups.join(group, [owner], 3, 0)
    with pytest.raises(GroupRefused):
        groups.leave(group, ["lisi"], 0)
    with pytest.raises(GroupRefused):
        groups.leave(group, ["wm0"], 0)


def test_a_hundred_templates_and_no_more() -> None:
    welcomes = GroupWelcomes()
    for number in range(100):
        welcomes.add({"text": {"content": str(number)}}, lambda _: None)
    with pytest.raises(CorpError, match="41055"):
        welcomes.add({"text": {"content": "x"}}, lambda _: None)
    with pytest.raises(CorpError, match="40063"):
        GroupWelcomes().add({}, lambda _: None)


def test_the_welcome_code_ends_after_twenty_seconds() -> None:
    contacts, welcomes = book(), Welcomes()
    contacts.add_customer("王", "wmA")
    follow = contacts.follow("lisi", "wmA", 100)
    code = welcomes.issue(follow, 100)
    assert welcomes.find(code, 120) is follow
    with pytest.raises(CorpError, match="41050"):
        welcomes.find(code, 120.1)


@pytest.mark.parametrize(
    ("received", "now", "rule", "may"),
    [
        ([], china(3), "day", True),
        ([china(3, 0)], china(3, 23), "day", False),
        ([china(2, 23)], china(3, 0), "day", True),
        ([china(2)] * 6, china(2), "week", True),
        ([china(2)] * 7, china(8), "week", False),
        ([china(2)] * 7, china(9), "week", True),
        ([china(2)] * 27, china(28), "month", True),
        ([china(2)] * 28, china(28), "month", False),
        ([china(2)] * 28, china(1, month=3), "month", True),
    ],
)
def test_how_many_mass_messages_arrive(received: list[float], now: float, rule: str, may: bool) -> None:
    assert may_receive(received, now, rule) is may


def test_who_is_asked_to_send() -> None:
    contacts = book()
    groups = GroupBook(Members(["lisi", "wangwu"]))
    _, (vip,), _ = contacts.tags.add({"group_name": "级", "tag": [{"name": "贵"}]}, 0)
    for customer in ("wmA", "wmB"):
        contacts.add_customer(customer, customer)
        contacts.follow("lisi", customer, 0)
    contacts.follow("wangwu", "wmA", 1).tag_ids.append(vip.id)
    first = assign({"external_userid": ["wmA", "wmB", "wmA", "wm0"]}, contacts, groups)
    assert (first.by_sender, first.failed) == ({"lisi": ["wmA", "wmB"]}, ["wm0"])
    assert assign({"sender": "wangwu"}, contacts, groups).by_sender == {"wangwu": ["wmA"]}
    tagged = {"sender": "wangwu", "tag_filter": {"group_list": [{"tag_list": [vip.id, "et0"]}]}}
    assert assign(tagged, contacts, groups).by_sender == {"wangwu": ["wmA"]}
    with pytest.raises(CorpError, match="41048"):
        assign({**tagged, "sender": "lisi"}, contacts, groups)
    with pytest.raises(CorpError, match="41035"):
        assign({"text": {}}, contacts, groups)


def test_a_sender_may_leave_some_out_only_when_allowed() -> None:
    contacts, groups = book(), GroupBook(Members(["lisi"]))
    for customer in ("wmA", "wmB"):
        contacts.add_customer(customer, customer)
        contacts.follow("lisi", customer, 0)
    mass = MassBook(contacts, groups)
    for allowed, results in ((False, {}), (True, {"wmA": 1, "wmB": 0})):
        task = mass.add(
            chat_type="single",
            assigned={"lisi": ["wmA", "wmB"]},
            message={"text": {"content": "好"}},
            creator="",
            allow_select=allowed,
            now=0,
        )
        if not allowed:
            with pytest.raises(MassRefused):
                mass.confirm("lisi", task.msgid, ["wmA"], 0)
            continue
        sender = mass.confirm("lisi", task.msgid, ["wmA"], 0)
        assert {target: outcome.status for target, outcome in sender.targets.items()} == results
    assert len(contacts.customers["wmA"].inbox) == 1


def test_three_reminders_within_any_24_hours() -> None:
    mass = MassBook(book(), GroupBook(Members()))
    task = mass.add(
        chat_type="group",
        assigned={"lisi": ["wr1"]},
        message={},
        creator="lisi",
        allow_select=False,
        now=0,
    )
    for at in (0, 1, 2):
        assert mass.remind(task.msgid, at) == ["lisi"]
    with pytest.raises(CorpError, match="41094"):
        mass.remind(task.msgid, DAY - 1)
    assert mass.remind(task.msgid, DAY) == ["lisi"]
