"""message/send and update_template_card: the app writes to members (WeCom 90236, 94888)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from simulator.corp.errcodes import CorpError
from simulator.corp.members import Members
from simulator.corpapp.contents import Rules, read_content
from simulator.corpapp.desk import CardDesk, SentCard, can_grey_out, grey_out
from simulator.corpapp.fields import Json, obj, text, texts, whole
from simulator.corpapp.handsets import Handsets
from simulator.corpapp.receivers import Receivers, reachable, resolve
from simulator.corpapp.windows import DAY, HOUR, MINUTE, Allowed, Windows

DUPLICATE_INTERVAL, LONGEST_INTERVAL = 1800, 4 * 3600
ACCOUNT_LIMIT = 1000
"""How many members the corp may have; two hundred times as many may be written to in a day (WeCom 90454)."""

PERSONS_PER_ACCOUNT = 200
_REMEMBERED = 50_000
"""Messages that the duplicate check looks back on at most."""

_PER_MEMBER = (Allowed(times=30, seconds=MINUTE), Allowed(times=1000, seconds=HOUR))

Dropped = Callable[[str, str], None]
"""Told of each message that is silently dropped: userid and msgid."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Before:
    at: float
    answer: Mapping[str, object]


class AppMessages:
    """Sends the app's messages to the members' phones."""

    def __init__(
        self,
        *,
        agent_id: int,
        members: Members,
        handsets: Handsets,
        desk: CardDesk,
        next_id: Callable[[], str],
    ) -> None:
        self._agent_id = agent_id
        self._members = members
        self._handsets = handsets
        self._desk = desk
        self._next_id = next_id
        self._windows = Windows(allowances=_PER_MEMBER)
        self._sent: dict[str, _Before] = {}
        self.account_limit = ACCOUNT_LIMIT
        self._day = 0
        self._persons_today = 0

    def send(self, data: Mapping[str, object], rules: Rules, now: float, dropped: Dropped) -> Json:
        """Send; returns the answer without errcode. Partly invalid receivers are no error. Raises CorpError.

        A message that the duplicate check recognises gets the answer of the first and is not delivered; what the
        platform really answers then is not published.
        """
        self.check_agent(data)
        kind = text(data, "msgtype", 40008)
        receivers = resolve(data, self._members)
        if kind == "news" and data.get("safe") == 1:
            raise CorpError(40074)
        key = _fingerprint(receivers, kind, data.get(kind))
        before = self._repeated(data, key, now)
        if before is not None:
            return dict(before)
        card = self._desk.check_new(obj(data, kind)) if kind == "template_card" else None
        content = card or read_content(kind, data, rules)
        self._count_persons(len(receivers.userids), now)
        msg_id = self._next_id()
        answer: Json = {**receivers.as_json(), "msgid": msg_id}
        got = [userid for userid in receivers.userids if self._take(userid, msg_id, now, dropped)]
        if card is not None:
            code = self._desk.send(msg_id, card, got, now)
            answer |= {"response_code": code} if code else {}
        for userid in got:
            self._handsets.add(userid, "app", kind, content, msg_id)
        self._remember(key, now, answer)
        return answer

    def update_card(self, data: Mapping[str, object], now: float) -> Json:
        """Change the copies of a card on the named phones; returns ``{"invaliduser"}``. Raises CorpError."""
        self.check_agent(data)
        code = text(data, "response_code", 60140)
        named = texts(data, "userids", 40032, high=1000)
        everyone = whole(data, "atall", 0, 0, 1) == 1 or bool(data.get("partyids"))
        if not named and not everyone:
            raise CorpError(82001)
        button = obj(data, "button") if data.get("button") is not None else None
        words = text(button, "replace_name") if button is not None else ""
        card = None if words else obj(data, "template_card")
        sent = self._desk.find(code, now)
        wanted = list(sent.copies) if everyone else named
        invalid = [name for name in wanted if self._of(sent, name) is None]
        for name in wanted:
            userid = self._of(sent, name)
            if userid is not None:
                self._change(sent, userid, words, card)
        self._desk.use(code)
        return {"invaliduser": invalid}

    def check_agent(self, data: Mapping[str, object]) -> None:
        """The call names this app; raises CorpError 41011, 40056 or 301002."""
        agent = data.get("agentid")
        if agent is None:
            raise CorpError(41011)
        if isinstance(agent, str) and agent.isdecimal():
            agent = int(agent)
        if isinstance(agent, bool) or not isinstance(agent, int):
            raise CorpError(40056)
        if agent != self._agent_id:
            raise CorpError(301002, f"agentid {agent}")

    def _of(self, sent: SentCard, name: str) -> str | None:
        userid = reachable(self._members, name)
        return userid if userid in sent.copies else None

    def _change(self, sent: SentCard, userid: str, words: str, card: Json | None) -> None:
        if card is not None:
            self._desk.exchange(sent, userid, card)
        elif can_grey_out(sent.copies[userid]):
            grey_out(sent.copies[userid], words)
        else:
            raise CorpError(40058, "this card has no buttons")

    def _take(self, userid: str, msg_id: str, now: float, dropped: Dropped) -> bool:
        if self._windows.take(userid, now):
            return True
        dropped(userid, msg_id)
        return False

    def _count_persons(self, persons: int, now: float) -> None:
        day = int(now // DAY)
        if day != self._day:
            self._day, self._persons_today = day, 0
        if self._persons_today + persons > self.account_limit * PERSONS_PER_ACCOUNT:
            raise CorpError(45009)
        self._persons_today += persons

    def _remember(self, key: str, now: float, answer: Mapping[str, object]) -> None:
        self._sent.pop(key, None)
        self._sent[key] = _Before(at=now, answer=answer)
        while len(self._sent) > _REMEMBERED:
            del self._sent[next(iter(self._sent))]

    def _repeated(self, data: Mapping[str, object], key: str, now: float) -> Mapping[str, object] | None:
        """The answer given before to the same message, when the check is on and it was within the interval."""
        checks = whole(data, "enable_duplicate_check", 0, 0, 1) == 1
        interval = whole(data, "duplicate_check_interval", DUPLICATE_INTERVAL, 0, LONGEST_INTERVAL)
        before = self._sent.get(key)
        return before.answer if checks and before is not None and now - before.at < interval else None


def _fingerprint(receivers: Receivers, kind: str, content: object) -> str:
    return json.dumps([sorted(receivers.userids), kind, content], ensure_ascii=False, sort_keys=True)
