"""The mirror of a customer group: events in order, lost, repeated and out of order."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.wecom.roster import GroupChange, GroupMember, MemberKind, Roster, apply, read_change

LI = GroupMember(id="li", kind=MemberKind.STAFF, name="小李")
WANG = GroupMember(id="wm1", kind=MemberKind.CUSTOMER, name="王")
GROUP = Roster(chat_id="wr1", name="福利群", owner="li", version="v1", members=(LI, WANG))


def change(detail: str, *members: str, before: str = "v1", after: str = "v2") -> GroupChange:
    return GroupChange(
        chat_id="wr1",
        kind="update",
        detail=detail,
        members=members,
        count=len(members),
        before=before,
        after=after,
    )


def test_an_event_is_read_from_the_fields_of_its_callback() -> None:
    fields = {
        "Event": "change_external_chat",
        "ChatId": "wr1",
        "ChangeType": "update",
        "UpdateDetail": "add_member",
        "MemChangeCnt": "2",
        "MemChangeList": {"Item": ["wm2", "wm3"]},
        "LastMemVer": "v1",
        "CurMemVer": "v2",
    }
    assert read_change(fields) == change("add_member", "wm2", "wm3")
    single = read_change({**fields, "MemChangeList": {"Item": "wm2"}, "MemChangeCnt": "1"})
    assert single == change("add_member", "wm2")
    assert read_change({"Event": "change_external_chat", "ChatId": "wr1", "ChangeType": "dismiss"}) == (
        GroupChange(chat_id="wr1", kind="dismiss")
    )


@pytest.mark.parametrize(
    "fields", [{"Event": "change_external_contact", "ChatId": "wr1"}, {"Event": "x"}, {}]
)
def test_other_events_are_left_alone(fields: dict[str, object]) -> None:
    assert read_change(fields) is None


def test_who_joins_is_added_and_who_leaves_is_gone() -> None:
    joined = apply(GROUP, change("add_member", "wm2", "chen"))
    assert not joined.reread
    assert [(one.id, one.kind) for one in joined.roster.members] == [
        ("li", MemberKind.STAFF),
        ("wm1", MemberKind.CUSTOMER),
        ("wm2", MemberKind.CUSTOMER),
        ("chen", MemberKind.STAFF),
    ]
    left = apply(joined.roster, change("del_member", "wm1", before="v2", after="v3"))
    assert not left.reread
    assert [one.id for one in left.roster.members] == ["li", "wm2", "chen"]
    assert left.roster.version == "v3"


def test_who_joins_twice_keeps_the_name() -> None:
    assert WANG in apply(GROUP, change("add_member", "wm1")).roster.members


@pytest.mark.parametrize(
    "event",
    [
        change("add_member", "wm2", before="v0"),
        change("add_member", "wm2", before=""),
        change("add_member", "wm2", after=""),
        change("add_member"),
        replace(change("add_member", "wm2"), count=2),
        change("change_name"),
        change("change_owner"),
        change("change_notice"),
        change("something_new"),
        GroupChange(chat_id="wr1", kind="create"),
    ],
)
def test_what_an_event_does_not_tell_is_read_again_and_nothing_is_guessed(event: GroupChange) -> None:
    mirrored = apply(GROUP, event)
    assert mirrored.reread
    assert mirrored.roster == GROUP


def test_without_a_version_nothing_can_be_applied() -> None:
    assert apply(Roster(chat_id="wr1"), change("add_member", "wm2", before="")).reread


def test_an_event_that_the_reading_already_knew_changes_nothing() -> None:
    known = replace(GROUP, version="v2")
    mirrored = apply(known, change("add_member", "wm2"))
    assert (mirrored.roster, mirrored.reread) == (known, False)


def test_a_dismissed_group_is_dismissed() -> None:
    mirrored = apply(GROUP, GroupChange(chat_id="wr1", kind="dismiss"))
    assert (mirrored.roster.dismissed, mirrored.reread) == (True, False)


@given(
    toggled=st.lists(st.sampled_from(["wm1", "wm2", "wm3", "chen"]), max_size=10),
    deliveries=st.lists(st.integers(0, 9), max_size=25),
)
def test_the_mirror_is_right_or_says_that_it_may_not_be(toggled: list[str], deliveries: list[int]) -> None:
    """Events reach us in any order, repeated or never: what is not to be read again was the truth at its version."""
    here, events, truth = {"li", "wm1"}, [], {"v0": {"li", "wm1"}}
    for number, member in enumerate(toggled):
        detail = "del_member" if member in here else "add_member"
        here = here ^ {member}
        truth[f"v{number + 1}"] = here
        events.append(change(detail, member, before=f"v{number}", after=f"v{number + 1}"))
    roster = replace(GROUP, version="v0")
    applied = 0
    for number in deliveries:
        if number < len(events):
            mirrored = apply(roster, events[number])
            roster = mirrored.roster
            assert {one.id for one in roster.members} == truth[roster.version]
            assert mirrored.reread == (number not in (applied, applied - 1))
            applied += number == applied
