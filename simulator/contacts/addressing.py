"""Who is asked to send a mass message, and to whom (WeCom 92135 创建企业群发)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from simulator.contacts.book import ContactBook, Follow
from simulator.contacts.groups import GroupBook
from simulator.corp.errcodes import CorpError
from simulator.corpapp.fields import obj, objects, optional, texts

MOST_CUSTOMERS, MOST_GROUPS = 10_000, 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """Receivers by sender, and those that cannot be reached."""

    chat_type: str
    by_sender: Mapping[str, Sequence[str]]
    failed: Sequence[str]


def assign(data: Mapping[str, object], contacts: ContactBook, groups: GroupBook) -> Assignment:
    """Read chat_type, sender, external_userid, chat_id_list, tag_filter; raises CorpError 41048 when nobody is left."""
    chat_type = optional(data, "chat_type") or "single"
    if chat_type == "single":
        assignment = _customers(data, contacts)
    elif chat_type == "group":
        assignment = _groups(data, contacts, groups)
    else:
        raise CorpError(86214, "chat_type")
    if not any(assignment.by_sender.values()):
        raise CorpError(41048)
    return assignment


def _customers(data: Mapping[str, object], contacts: ContactBook) -> Assignment:
    named = texts(data, "external_userid", 40058, high=MOST_CUSTOMERS)
    sender = contacts.member(optional(data, "sender")) if data.get("sender") else ""
    if not named and not sender:
        raise CorpError(41035, "external_userid or sender")
    allowed = _tag_filter(data)
    by_sender: dict[str, list[str]] = {}
    failed: list[str] = []
    wanted = named or [follow.external_userid for follow in contacts.of_member(sender)]
    for external_userid in dict.fromkeys(wanted):
        follow = _chosen(contacts.followers(external_userid), sender)
        if follow is None:
            failed.append(external_userid)
        elif all(any(tag in follow.tag_ids for tag in tags) for tags in allowed):
            by_sender.setdefault(follow.userid, []).append(external_userid)
    return Assignment(chat_type="single", by_sender=by_sender, failed=failed)


def _chosen(follows: Sequence[Follow], sender: str) -> Follow | None:
    """The named sender's contact, else that of whoever had the customer first."""
    return next((follow for follow in follows if not follow.alone and sender in ("", follow.userid)), None)


def _tag_filter(data: Mapping[str, object]) -> list[list[str]]:
    """One tag of each list must fit."""
    if data.get("tag_filter") is None:
        return []
    return [texts(group, "tag_list", high=100) for group in objects(obj(data, "tag_filter"), "group_list")]


def _groups(data: Mapping[str, object], contacts: ContactBook, groups: GroupBook) -> Assignment:
    sender = contacts.member(optional(data, "sender"))
    mine = [group.chat_id for group in groups.of_owner(sender)]
    named = texts(data, "chat_id_list", 40058, high=MOST_GROUPS)
    chosen = [chat_id for chat_id in dict.fromkeys(named) if chat_id in mine] if named else mine
    failed = [chat_id for chat_id in named if chat_id not in mine]
    return Assignment(chat_type="group", by_sender={sender: chosen}, failed=failed)
