"""Internal group chats that the app creates and writes to (WeCom 90245, 90246, 90247, 90248)."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from simulator.corp.errcodes import CorpError
from simulator.corp.members import Members
from simulator.corpapp.contents import Rules, read_content
from simulator.corpapp.fields import Json, optional, text, texts
from simulator.corpapp.handsets import Handsets
from simulator.corpapp.windows import DAY, HOUR, MINUTE, Allowed, Windows

FEWEST, MOST_MEMBERS = 2, 2000
_NAME_CHARACTERS = 50
_CHAT_ID = re.compile(r"[0-9A-Za-z]+")
_CHAT_ID_LENGTH = 32
_KINDS = frozenset({"text", "image", "voice", "video", "file", "textcard", "news", "mpnews", "markdown"})
_PER_MEMBER = (Allowed(times=200, seconds=MINUTE), Allowed(times=10_000, seconds=DAY))
_PER_APP = (Allowed(times=20_000, seconds=MINUTE),)


@dataclass(slots=True, kw_only=True)
class Chat:
    """One chat; ``foreign`` when another app or a member created it."""

    chat_id: str
    name: str
    owner: str
    userids: list[str]
    foreign: bool = False
    messages: list[Json] = field(default_factory=list)

    def as_json(self) -> Json:
        """The chat as appchat/get shows it."""
        return {
            "chatid": self.chat_id,
            "name": self.name,
            "owner": self.owner,
            "userlist": list(self.userids),
        }


class AppChats:
    """Chats by id. ``root_visible``: the app is visible to the whole corp, without which it may not do this."""

    def __init__(self, *, members: Members, handsets: Handsets) -> None:
        self.root_visible = True
        self.chats: dict[str, Chat] = {}
        self._members = members
        self._handsets = handsets
        self._creations = Windows(allowances=(Allowed(times=1000, seconds=DAY),))
        self._updates = Windows(allowances=(Allowed(times=1000, seconds=HOUR),))
        self._persons = Windows(allowances=_PER_APP)
        self._each = Windows(allowances=_PER_MEMBER)

    def create(self, data: Mapping[str, object], now: float, *, foreign: bool = False) -> Chat:
        """Create a chat; raises CorpError 48002, 45009 or 86xxx."""
        self._permit(foreign=foreign)
        chat_id = self._new_id(data)
        name = self._name(data)
        userids = [self._member(userid) for userid in texts(data, "userlist", 86204)]
        userids = list(dict.fromkeys(userids))
        if not FEWEST <= len(userids) <= MOST_MEMBERS:
            raise CorpError(86006, f"userlist must have {FEWEST} to {MOST_MEMBERS}")
        owner = self._member(optional(data, "owner")) if data.get("owner") else userids[0]
        if owner not in userids:
            raise CorpError(86207)
        if not foreign and not self._creations.take("create", now):
            raise CorpError(45009)
        chat = Chat(chat_id=chat_id, name=name, owner=owner, userids=userids, foreign=foreign)
        self.chats[chat_id] = chat
        return chat

    def get(self, chat_id: str) -> Chat:
        """A chat of this app; raises CorpError 86201, 86003 or 86008."""
        self._permit()
        if not chat_id:
            raise CorpError(86201)
        chat = self.chats.get(chat_id)
        if chat is None:
            raise CorpError(86003)
        if chat.foreign:
            raise CorpError(86008)
        return chat

    def update(self, data: Mapping[str, object], now: float) -> None:
        """Change name, owner or members; raises CorpError."""
        chat = self.get(optional(data, "chatid"))
        added = [self._member(userid) for userid in texts(data, "add_user_list", 86216)]
        removed = texts(data, "del_user_list", 86216)
        if any(userid not in chat.userids for userid in removed):
            raise CorpError(86216)
        userids = [*dict.fromkeys([*chat.userids, *added])]
        userids = [userid for userid in userids if userid not in removed]
        owner = self._member(optional(data, "owner")) if data.get("owner") else chat.owner
        if not FEWEST <= len(userids) <= MOST_MEMBERS:
            raise CorpError(86006)
        if owner not in userids:
            raise CorpError(86207)
        name = self._name(data) or chat.name
        if not self._updates.take("update", now):
            raise CorpError(45009)
        chat.userids, chat.owner, chat.name = userids, owner, name

    def send(self, data: Mapping[str, object], rules: Rules, now: float) -> list[str]:
        """Write into a chat; returns who got nothing because of the silent limits. Raises CorpError."""
        chat = self.get(optional(data, "chatid"))
        kind = text(data, "msgtype", 40008)
        if kind not in _KINDS:
            raise CorpError(40008, "msgtype")
        content = read_content(kind, data, rules)
        if not all(self._persons.take("persons", now) for _ in chat.userids):
            raise CorpError(45009)
        chat.messages.append({"at": now, "kind": kind, "content": content})
        dropped = [userid for userid in chat.userids if not self._each.take(userid, now)]
        for userid in chat.userids:
            if userid not in dropped:
                self._handsets.add(userid, f"chat:{chat.chat_id}", kind, content)
        return dropped

    def _permit(self, *, foreign: bool = False) -> None:
        if not self.root_visible and not foreign:
            raise CorpError(48002)

    def _new_id(self, data: Mapping[str, object]) -> str:
        chat_id = optional(data, "chatid")
        if not chat_id:
            return secrets.token_hex(8)
        if len(chat_id) > _CHAT_ID_LENGTH:
            raise CorpError(86205)
        if not _CHAT_ID.fullmatch(chat_id):
            raise CorpError(86001)
        if chat_id in self.chats:
            raise CorpError(86215)
        return chat_id

    def _name(self, data: Mapping[str, object]) -> str:
        name = optional(data, "name")
        if len(name) > _NAME_CHARACTERS:
            raise CorpError(86004)
        return name

    def _member(self, userid: str) -> str:
        member = self._members.get(userid)
        if member is None:
            raise CorpError(86216, userid)
        if not member.visible:
            raise CorpError(81011, userid)
        return member.userid
