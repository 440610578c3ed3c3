"""Customer groups: who is in them, with a version of the list, and what was said there (WeCom 92120, 92122)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from simulator.contacts import events
from simulator.contacts.group_welcomes import GroupWelcomes
from simulator.corp.errcodes import CorpError
from simulator.corp.members import Members
from simulator.corpapp.fields import Json, obj, page, text, texts, whole

STAFF, OUTSIDER = 1, 2
MOST_IN_RANGE = 1000
"""Members of the corp above which groupchat/list needs owners (81017)."""

_INVITED, _BY_CODE = 0, 3
_JOIN_SCENES = {_INVITED: 1, _BY_CODE: 3}
"""The scene as groupchat/get shows it, by the scene in the event."""


class GroupRefused(ValueError):
    """Something that cannot happen in a group; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupMember:
    """One person in a group."""

    id: str
    kind: int
    name: str
    joined: int
    scene: int
    inviter: str = ""
    unionid: str = ""

    def as_json(self, *, with_name: bool) -> Json:
        """The person in groupchat/get."""
        shown: Json = {
            "userid": self.id,
            "type": self.kind,
            "join_time": self.joined,
            "join_scene": self.scene,
            "group_nickname": "",
        }
        if self.inviter:
            shown["invitor"] = {"userid": self.inviter}
        if self.unionid:
            shown["unionid"] = self.unionid
        return shown | ({"name": self.name} if with_name else {})


@dataclass(slots=True, kw_only=True)
class Group:
    """One customer group."""

    chat_id: str
    name: str
    owner: str
    created: int
    notice: str = ""
    members: dict[str, GroupMember] = field(default_factory=dict)
    admins: list[str] = field(default_factory=list)
    version: str = ""
    dismissed: bool = False
    status: int = 0
    """0 normal, 1 the owner has left the corp, 2 being handed on, 3 handed on."""

    welcome: str | None = None
    messages: list[Json] = field(default_factory=list)

    def renew(self) -> tuple[str, str]:
        """A new version of the list; returns the one before and the new one."""
        before, self.version = self.version, secrets.token_hex(16)
        return before, self.version

    def say(self, who: str, content: Mapping[str, object], now: float) -> None:
        """Something is written in the group; the app hears nothing of it."""
        self.messages.append({"at": now, "from": who, **content})


class GroupBook:
    """Groups by chat id, and the welcome templates."""

    def __init__(self, members: Members) -> None:
        self.groups: dict[str, Group] = {}
        self.welcomes = GroupWelcomes()
        self._members = members

    def listed(self, data: Mapping[str, object]) -> Json:
        """groupchat/list; raises CorpError 81017, 40003, 50100 or 40058."""
        owners = texts(obj(data, "owner_filter"), "userid_list", high=100) if data.get("owner_filter") else []
        if not owners and sum(1 for _ in self._members) > MOST_IN_RANGE:
            raise CorpError(81017)
        for owner in owners:
            if self._members.get(owner) is None:
                raise CorpError(40003, owner)
        status = whole(data, "status_filter", 0, 0, 3)
        if "limit" not in data:
            raise CorpError(40058, "limit")
        wanted = {owner.lower() for owner in owners}
        found = [
            group
            for group in self.groups.values()
            if not group.dismissed
            and status in (0, group.status)
            and (not wanted or group.owner.lower() in wanted)
        ]
        start, end, following = page(data, len(found), default=100, most=1000)
        shown: Json = {
            "group_chat_list": [
                {"chat_id": group.chat_id, "status": group.status} for group in found[start:end]
            ]
        }
        return shown | ({"next_cursor": following} if following else {})

    def detail(self, data: Mapping[str, object]) -> Json:
        """groupchat/get; raises CorpError 40050 (unknown) or 49008 (dismissed)."""
        group = self.find(text(data, "chat_id", 40050))
        named = whole(data, "need_name", 0, 0, 1) == 1
        return {
            "chat_id": group.chat_id,
            "name": group.name,
            "owner": group.owner,
            "create_time": group.created,
            "notice": group.notice,
            "member_list": [member.as_json(with_name=named) for member in group.members.values()],
            "admin_list": [{"userid": userid} for userid in group.admins],
            "member_version": group.version,
        }

    def find(self, chat_id: str) -> Group:
        """A living group; raises CorpError 40050 or 49008."""
        group = self.groups.get(chat_id)
        if group is None:
            raise CorpError(40050)
        if group.dismissed:
            raise CorpError(49008)
        return group

    def of_owner(self, userid: str) -> list[Group]:
        """The living groups of a member, oldest first."""
        return [group for group in self.groups.values() if group.owner == userid and not group.dismissed]

    def create(self, owner: GroupMember, name: str, now: float, chat_id: str = "") -> tuple[Group, Json]:
        """A member makes a group; returns it with its event."""
        key = chat_id or "wr" + secrets.token_urlsafe(22)
        if key in self.groups:
            raise GroupRefused(f"there is a group {key} already")
        group = Group(chat_id=key, name=name, owner=owner.id, created=int(now))
        group.members[owner.id] = owner
        group.renew()
        self.groups[key] = group
        return group, events.chat_changed(key, "create")

    def join(self, group: Group, people: Sequence[GroupMember], scene: int, now: float) -> Json:
        """People come in, invited (0) or by the QR code (3); the welcome is shown for those from outside."""
        if scene not in _JOIN_SCENES:
            raise GroupRefused("scene must be 0 (invited) or 3 (QR code)")
        fresh = [person for person in people if person.id not in group.members]
        if not fresh:
            raise GroupRefused("they are all in the group already")
        for person in fresh:
            group.members[person.id] = person
            self._welcome(group, person, now)
        before, version = group.renew()
        ids = [person.id for person in fresh]
        return events.members_changed(group.chat_id, "add_member", scene, ids, before, version)

    def leave(self, group: Group, ids: Sequence[str], scene: int) -> Json:
        """People go by themselves (0) or are removed (1)."""
        gone = [key for key in dict.fromkeys(ids) if key in group.members]
        if not gone or group.owner in gone:
            raise GroupRefused("nobody of them is in the group" if not gone else "the owner cannot go")
        for key in gone:
            del group.members[key]
        group.admins = [userid for userid in group.admins if userid in group.members]
        before, version = group.renew()
        return events.members_changed(group.chat_id, "del_member", scene, gone, before, version)

    def rename(self, group: Group, name: str) -> Json:
        """Another name."""
        group.name = name
        return events.chat_updated(group.chat_id, "change_name")

    def announce(self, group: Group, notice: str) -> Json:
        """Another notice."""
        group.notice = notice
        return events.chat_updated(group.chat_id, "change_notice")

    def hand_over(self, group: Group, userid: str) -> Json:
        """Another owner, who must be a member of the corp in the group."""
        member = group.members.get(userid)
        if member is None or member.kind != STAFF:
            raise GroupRefused("only a colleague in the group can become its owner")
        group.owner = userid
        return events.chat_updated(group.chat_id, "change_owner")

    def dismiss(self, group: Group) -> Json:
        """The group ends."""
        group.dismissed = True
        return events.chat_changed(group.chat_id, "dismiss")

    def newcomer(
        self, person: str, kind: int, name: str, scene: int, inviter: str, now: float, unionid: str = ""
    ) -> GroupMember:
        """A person about to join."""
        return GroupMember(
            id=person,
            kind=kind,
            name=name,
            joined=int(now),
            scene=_JOIN_SCENES.get(scene, 1),
            inviter=inviter if scene == _INVITED else "",
            unionid=unionid,
        )

    def _welcome(self, group: Group, person: GroupMember, now: float) -> None:
        template = self.welcomes.templates.get(group.welcome or "")
        if template is None or person.kind != OUTSIDER:
            return
        shown = dict(template)
        words = shown.get("text")
        if isinstance(words, dict):
            shown["text"] = {"content": str(words["content"]).replace("%NICKNAME%", person.name)}
        group.say(group.owner, {"welcome": shown}, now)
