"""A customer group as we mirror it, and what an event changes in it (WeCom 92130 客户群事件, 92122). Pure.

Events may be lost, repeated and out of order. Each names the member version before and after it, so a gap is seen;
then the group is read again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import IntEnum


class MemberKind(IntEnum):
    STAFF = 1
    CUSTOMER = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupMember:
    """``id`` is a userid or an external_userid. ``joined_at``: seconds since 1970, 0 where only an event told us.

    ``join_scene``: 1 invited, 2 by an invitation link, 3 by a code.
    """

    id: str
    kind: MemberKind
    name: str = ""
    joined_at: int = 0
    join_scene: int = 0
    invited_by: str = ""
    union_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """A customer group (客户群). ``version`` is the member version; opaque. ``created_at``: seconds since 1970."""

    chat_id: str
    name: str = ""
    owner: str = ""
    notice: str = ""
    created_at: int = 0
    version: str = ""
    members: tuple[GroupMember, ...] = ()
    admins: tuple[str, ...] = ()
    dismissed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupChange:
    """A change_external_chat event. ``kind``: create, update or dismiss; ``detail`` says what an update changed."""

    chat_id: str
    kind: str
    detail: str = ""
    members: tuple[str, ...] = ()
    count: int = 0
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mirrored:
    """The group after an event. ``reread``: the event does not tell all, or an earlier one is missing."""

    roster: Roster
    reread: bool


def read_change(fields: Mapping[str, object]) -> GroupChange | None:
    """The event in the fields of a callback; None when it is another event."""
    if _text(fields, "Event").lower() != "change_external_chat" or not _text(fields, "ChatId"):
        return None
    listed = fields.get("MemChangeList")
    items = listed.get("Item") if isinstance(listed, Mapping) else None
    members = items if isinstance(items, list) else [items]
    count = _text(fields, "MemChangeCnt")
    return GroupChange(
        chat_id=_text(fields, "ChatId"),
        kind=_text(fields, "ChangeType"),
        detail=_text(fields, "UpdateDetail"),
        members=tuple(str(member) for member in members if member),
        count=int(count) if count.isdecimal() else 0,
        before=_text(fields, "LastMemVer"),
        after=_text(fields, "CurMemVer"),
    )


def apply(roster: Roster, change: GroupChange) -> Mirrored:
    """The group after ``change``."""
    match change.kind, change.detail:
        case "dismiss", _:
            return Mirrored(roster=replace(roster, dismissed=True), reread=False)
        case "update", "add_member" | "del_member":
            return _members_changed(roster, change)
        case _:  # create, change_owner, change_name, change_notice and what is new: the event holds no values
            return Mirrored(roster=roster, reread=True)


def _members_changed(roster: Roster, change: GroupChange) -> Mirrored:
    if roster.version and change.after == roster.version:
        return Mirrored(roster=roster, reread=False)  # told already
    whole = bool(change.members) and change.count in (0, len(change.members)) and bool(change.after)
    if not whole or not roster.version or change.before != roster.version:
        return Mirrored(roster=roster, reread=True)
    kept = tuple(member for member in roster.members if member.id not in change.members)
    if change.detail == "add_member":
        known = {member.id: member for member in roster.members}
        kept += tuple(known.get(new) or GroupMember(id=new, kind=_kind(new)) for new in change.members)
    return Mirrored(roster=replace(roster, members=kept, version=change.after), reread=False)


def _kind(member: str) -> MemberKind:
    """External ids begin with wm or wo; a userid may do so too, which the next reading puts right."""
    return MemberKind.CUSTOMER if member.startswith(("wm", "wo")) else MemberKind.STAFF


def _text(fields: Mapping[str, object], name: str) -> str:
    value = fields.get(name)
    return value.strip() if isinstance(value, str) else ""
