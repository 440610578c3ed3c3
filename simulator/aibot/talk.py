"""The rules of talking with the bot: who may be told what, and what of the bot's words is shown (WeCom 100719)."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from simulator.aibot.exchange import (
    EVENT_SECONDS,
    IN_FLIGHT,
    RESPONSE_URL_SECONDS,
    STREAM_SECONDS,
    Exchange,
)
from simulator.aibot.replies import BadReply, Reply, active, answer, update, welcome
from simulator.aibot.rooms import Line, NoSuchThing, Room, Rooms

if TYPE_CHECKING:
    from simulator.clock import OffsetClock
    from simulator.corp.reporting import Violate
    from simulator.journal import Journal

PER_MINUTE, PER_HOUR = 30, 1000
_KEPT = 5000

Json = Mapping[str, object]


class Declined(Exception):
    """The platform does not do what the bot asks; the errcode says why."""

    def __init__(self, errcode: int, detail: str) -> None:
        super().__init__(f"{errcode} {detail}")
        self.errcode = errcode
        self.detail = detail


class Talk:
    """All conversations of one bot. ``base_url`` gives the address of response_url."""

    def __init__(
        self,
        bot_id: str,
        *,
        clock: OffsetClock,
        journal: Journal,
        violate: Violate,
        base_url: Callable[[], str],
    ) -> None:
        self.bot_id = bot_id
        self.rooms = Rooms()
        self._clock = clock
        self._journal = journal
        self._violate = violate
        self._base_url = base_url
        self._exchanges: dict[str, Exchange] = {}
        self._by_response_code: dict[str, Exchange] = {}

    @property
    def now(self) -> float:
        """Epoch seconds by the platform's clock."""
        return self._clock.epoch()

    def message(self, room: Room, userid: str, msgtype: str, content: Json) -> Exchange | None:
        """A person wrote; None when the bot is not told: not mentioned in the group, or three are under way."""
        room.written = True
        self._show(room, userid, msgtype, content)
        under_way = [
            known
            for known in self._exchanges.values()
            if known.userid == userid and known.event is None and known.stream_open(self.now)
        ]
        if len(under_way) >= IN_FLIGHT:
            self._show(room, "system", "notice", {"text": "消息太多，请稍后再试"})
            return None
        code, msgid = secrets.token_urlsafe(24), secrets.token_hex(16)
        body: dict[str, object] = {
            **self._head(room, userid, msgid),
            "response_url": f"{self._base_url()}/cgi-bin/aibot/response?response_code={code}",
            "msgtype": msgtype,
            msgtype: content,
        }
        exchange = self._keep(Exchange(id=msgid, room=room, userid=userid, body=body, began=self.now))
        exchange.response_code = code
        self._by_response_code[code] = exchange
        return exchange

    def event(self, room: Room, userid: str, name: str, details: Json) -> Exchange:
        """Something happened that the bot is told of: ``enter_chat``, ``template_card_event``, ``feedback_event``."""
        key = secrets.token_hex(16)
        body: dict[str, object] = {
            **self._head(room, userid, key),
            "create_time": int(self.now),
            "msgtype": "event",
            "event": {"eventtype": name, **({name: details} if details else {})},
        }
        self._journal.append("aibot.event", room.id, event=name, userid=userid)
        return self._keep(Exchange(id=key, room=room, userid=userid, body=body, began=self.now, event=name))

    def poll_body(self, exchange: Exchange) -> dict[str, object]:
        """What the bot is asked while its stream is not finished."""
        return {
            **self._head(exchange.room, exchange.userid, secrets.token_hex(16)),
            "msgtype": "stream",
            "stream": {"id": exchange.stream_id},
        }

    def known(self, key: str) -> Exchange:
        """The exchange of that msgid or req_id; raises Declined."""
        exchange = self._exchanges.get(key)
        if exchange is None:
            raise Declined(40058, "req_id belongs to no callback")
        return exchange

    def answered(self, exchange: Exchange, data: Json) -> None:
        """Show what the bot says to a message or event; raises BadReply or Declined."""
        match exchange.event:
            case None:
                self._answer(exchange, answer(data))
            case "enter_chat":
                self._once(exchange, welcome(data))
            case "template_card_event":
                self._update(exchange, update(data))
            case name:
                raise BadReply(f"{name} must be answered with nothing")

    def by_response_url(self, code: str, data: Json) -> None:
        """One POST to a response_url; raises Declined or BadReply."""
        exchange = self._by_response_code.get(code)
        if exchange is None or exchange.response_used:
            self._violate("aibot-response-url", detail="used twice or unknown")
            raise Declined(40058, "response_code is used or unknown")
        if self.now - exchange.began > RESPONSE_URL_SECONDS:
            self._violate("aibot-response-url", detail="later than an hour")
            raise Declined(40058, "response_code is expired")
        reply = active(data)
        exchange.response_used = True
        self._say(exchange.room, reply)

    def of_its_own(self, chatid: str, data: Json) -> None:
        """aibot_send_msg; raises Declined or BadReply."""
        try:
            room = self.rooms.get(chatid)
        except NoSuchThing as error:
            raise Declined(40058, str(error)) from error
        if not room.written:
            self._violate("aibot-unasked", shopper=room.id)
            raise Declined(48002, "nobody wrote to the bot in this conversation")
        reply, now = active(data), self.now
        while room.sent and room.sent[0] <= now - 3600:
            room.sent.popleft()
        if len(room.sent) >= PER_HOUR or sum(at > now - 60 for at in room.sent) >= PER_MINUTE:
            self._violate("aibot-too-often", shopper=room.id)
            raise Declined(45009, "30 a minute and 1000 an hour for each conversation")
        room.sent.append(now)
        self._say(room, reply)

    def called(self, path: str, answer: Json) -> None:
        """Note a call of response_url."""
        self._journal.append("aibot.call", path=path, errcode=answer["errcode"])

    def give_up(self, exchange: Exchange) -> None:
        """Six minutes are over and the stream is not finished."""
        if exchange.over:
            return
        exchange.over = True
        if exchange.line is not None:
            exchange.line.finished = True
        self._violate("aibot-stream-unfinished", shopper=exchange.room.id, detail=str(exchange.stream_id))

    def clear(self) -> None:
        """Forget everything."""
        self.rooms = Rooms()
        self._exchanges.clear()
        self._by_response_code.clear()

    def _answer(self, exchange: Exchange, reply: Reply) -> None:
        if not exchange.stream_open(self.now) or (exchange.over and reply.stream):
            raise Declined(846608, "stream message update expired")
        if reply.stream is not None:
            self._grow(exchange, reply)
        if reply.card is not None:
            if exchange.card_line is not None:
                raise BadReply("a message is answered with one card at most")
            exchange.card_line = self._show(exchange.room, "bot", "template_card", reply.card)
        if reply.kind == "template_card":
            exchange.over = True

    def _grow(self, exchange: Exchange, reply: Reply) -> None:
        stream = reply.stream
        assert stream is not None
        if exchange.stream_id not in (None, stream.id):
            self._violate("aibot-two-streams", shopper=exchange.room.id, detail=stream.id)
            raise BadReply("a message is answered with one stream")
        exchange.stream_id, exchange.changed = stream.id, self.now
        content: dict[str, object] = {
            "text": stream.content,
            "stream": stream.id,
            "pictures": stream.pictures,
        }
        if stream.feedback_id is not None:
            content["feedback_id"] = stream.feedback_id
        elif exchange.line is not None and "feedback_id" in exchange.line.content:
            content["feedback_id"] = exchange.line.content["feedback_id"]
        if exchange.line is None:
            exchange.line = self._show(exchange.room, "bot", "stream", content, finished=stream.finish)
        else:
            exchange.line.content, exchange.line.finished = content, stream.finish
            self._journal.append("aibot.line", exchange.room.id, line=exchange.line.as_json())
        exchange.over = stream.finish

    def _once(self, exchange: Exchange, reply: Reply) -> None:
        self._in_time(exchange)
        exchange.over = True
        self._say(exchange.room, reply)

    def _update(self, exchange: Exchange, reply: Reply) -> None:
        self._in_time(exchange)
        assert reply.card is not None
        try:
            line = exchange.room.card(str(reply.card.get("task_id", "")))
        except NoSuchThing as error:
            raise BadReply(str(error)) from error
        exchange.over = True
        line.content = reply.card
        self._journal.append("aibot.line", exchange.room.id, line=line.as_json())

    def _in_time(self, exchange: Exchange) -> None:
        if exchange.over:
            raise Declined(40058, "this event is answered already")
        if self.now - exchange.began > EVENT_SECONDS:
            raise Declined(40058, "later than 5 seconds after the event")

    def _say(self, room: Room, reply: Reply) -> None:
        if reply.card is not None:
            self._show(room, "bot", "template_card", reply.card)
        else:
            self._show(room, "bot", reply.kind, {"text": reply.text})

    def _show(self, room: Room, who: str, kind: str, content: Json, *, finished: bool = True) -> Line:
        line = room.add(who, kind, content, at=self._clock.now(), finished=finished)
        self._journal.append("aibot.line", room.id, line=line.as_json())
        return line

    def _head(self, room: Room, userid: str, msgid: str) -> dict[str, object]:
        head: dict[str, object] = {"msgid": msgid, "aibotid": self.bot_id}
        if not room.single:
            head["chatid"] = room.id
        return head | {"chattype": "single" if room.single else "group", "from": {"userid": userid}}

    def _keep(self, exchange: Exchange) -> Exchange:
        self._exchanges[exchange.id] = exchange
        while len(self._exchanges) > _KEPT:
            oldest = self._exchanges.pop(next(iter(self._exchanges)))
            self._by_response_code.pop(oldest.response_code, None)
        return exchange


def unfinished_for(exchange: Exchange, now: float) -> bool:
    """Whether six minutes have passed since the message without the stream being finished."""
    return not exchange.over and now - exchange.began > STREAM_SECONDS
