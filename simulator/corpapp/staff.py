"""Carries out what members do on their phones, and shows them what the app replies at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from simulator.corp.errcodes import CorpError
from simulator.corp.members import Member
from simulator.corp.world import CorpWorld
from simulator.corpapp.desk import CardRefused, grey_out
from simulator.corpapp.handsets import HandsetLine
from simulator.corpapp.member_acts import DEEDS, MemberDeed, card_click, selection
from simulator.corpapp.replies import ANSWERABLE_EVENTS, Answered, AppReply, read_reply
from simulator.envelope import ReplyDefect
from simulator.media import sample_picture, sample_voice
from simulator.requests_in import BadRequest, Conflict

CARD_CLICK = "card-click"


@dataclass(frozen=True, slots=True, kw_only=True)
class Acted:
    """What became of an act."""

    line: HandsetLine
    push_id: str
    msg_id: str | None


class Staff:
    """The members with their phones."""

    def __init__(self, corp: CorpWorld) -> None:
        self._corp = corp

    def act(self, userid: str, name: str, data: Mapping[str, object]) -> Acted:
        """Let a member do something; raises BadRequest (no such act or member) or Conflict (not now)."""
        member = self._member(userid)
        if not member.visible and name != "subscribe":
            raise Conflict(f"{member.userid} does not see the app")
        task_id = str(data.get("task_id", ""))
        deed = self._click(member, task_id, data) if name == CARD_CLICK else self._deed(name, data)
        return self._do(member, deed, task_id)

    def store(self, kind: str, content_type: str, data: bytes) -> dict[str, object]:
        """Keep a file that a member sends; returns the fields that name it."""
        stored = self._corp.media.put(kind, content_type, data, self._corp.now)
        return {"media_id": stored.media_id, "url": f"{self._corp.base_url}/_media/{stored.media_id}"}

    def _member(self, userid: str) -> Member:
        member = self._corp.members.get(userid)
        if member is None:
            raise BadRequest(f"{userid} is no member of the corp")
        return member

    def _deed(self, name: str, data: Mapping[str, object]) -> MemberDeed:
        if name not in DEEDS:
            raise BadRequest(f"there is no act {name!r}; there are {CARD_CLICK}, {', '.join(DEEDS)}")
        return DEEDS[name](self._with_media(name, data))

    def _click(self, member: Member, task_id: str, data: Mapping[str, object]) -> MemberDeed:
        try:
            clicked = self._corp.app.desk.click(
                member.userid, task_id, str(data.get("key", "")), selection(data), self._corp.now
            )
        except CardRefused as error:
            raise Conflict(str(error)) from error
        return card_click(clicked)

    def _with_media(self, name: str, data: Mapping[str, object]) -> Mapping[str, object]:
        if name not in ("image", "voice", "video") or "media_id" in data:
            return data
        if name == "voice":
            return {**data, **self.store("voice", "audio/amr", sample_voice())}
        picture = self.store("image", "image/png", sample_picture())
        if name == "image":
            return {**data, **picture}
        film = self.store("video", "video/mp4", b"\x00\x00\x00\x18ftypmp42")
        return {**data, **film, "thumb_media_id": picture["media_id"]}

    def _do(self, member: Member, deed: MemberDeed, task_id: str) -> Acted:
        corp, userid = self._corp, member.userid
        msg_id = None if deed.event else corp.app.next_id()
        line = corp.app.handsets.add(userid, "member", deed.kind, deed.content, msg_id)
        corp.journal.append("app.said", userid, line=line.as_json())
        if deed.visible_after is not None:
            member.visible = deed.visible_after
        fields: dict[str, object] = {"FromUserName": userid, "MsgType": deed.msg_type, **deed.fields}
        if msg_id is not None:
            fields["MsgId"] = int(msg_id)
        fields["AgentID"] = corp.app.agent_id
        push = corp.tell(fields, row=userid, on_reply=lambda body: self._reply(userid, deed, task_id, body))
        return Acted(line=line, push_id=push, msg_id=msg_id)

    def _reply(self, userid: str, deed: MemberDeed, task_id: str, body: bytes) -> None:
        corp = self._corp
        if deed.event is not None and deed.event not in ANSWERABLE_EVENTS:
            corp.violate("app-reply-ignored", shopper=userid, detail=deed.event)
            return
        to = Answered(
            userid=userid,
            corp_id=corp.settings.corp_id,
            event=deed.event,
            kind_of_file=lambda media_id: corp.app.files.kind_of(media_id, corp.now),
        )
        try:
            reply = read_reply(body, to)
            self._carry_out(userid, task_id, reply)
        except ReplyDefect as defect:
            corp.violate("app-malformed-reply", shopper=userid, detail=str(defect))
        except CorpError as error:
            corp.violate("app-malformed-reply", shopper=userid, detail=f"card: {error}")

    def _carry_out(self, userid: str, task_id: str, reply: AppReply) -> None:
        app = self._corp.app
        if reply.cut:
            self._corp.violate("app-text-cut", shopper=userid, detail=f"{reply.cut} bytes")
        sent = app.desk.by_task(task_id)
        if reply.kind == "update_button" and sent is not None:
            grey_out(sent.copies[userid], str(reply.content["replace_name"]))
        elif reply.kind == "update_template_card" and sent is not None:
            app.desk.exchange(sent, userid, reply.content)
        else:
            line = app.handsets.add(userid, "passive", reply.kind, reply.content)
            self._corp.journal.append("app.heard", userid, line=line.as_json())
            return
        app.handsets.stir(userid, reply.kind, reply.content)
        self._corp.journal.append("app.card", userid, task=task_id, reply=reply.kind)
