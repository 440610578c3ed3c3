"""The state of 微信客服: accounts, customers, sessions, codes and the streams that the bot reads."""

from __future__ import annotations

import random
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from simulator.corp.knobs import CorpKnobs
from simulator.corp.members import Members
from simulator.corp.reporting import Violate
from simulator.journal import Journal
from simulator.kefu.accounts import Account, Accounts
from simulator.kefu.codes import OCCASION_OF, Codes
from simulator.kefu.customers import Customer, Customers, Line, Speaker
from simulator.kefu.sessions import Session
from simulator.kefu.states import State
from simulator.kefu.stream import BellTokens, Stream
from simulator.media import MediaShelf

CUSTOMER, SYSTEM, SERVICER = 3, 4, 5
"""``origin`` of an item."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What the world of 微信客服 takes from the corp; ``now`` gives epoch seconds."""

    corp_id: str
    now: Callable[[], float]
    knobs: CorpKnobs
    members: Members
    media: MediaShelf
    journal: Journal
    violate: Violate
    tell: Callable[[Mapping[str, object]], object]


class KefuWorld:
    """Holds the parts together; what customers, people and the API do is in modules of its own."""

    def __init__(
        self, around: Surroundings, *, accounts: Iterable[str] = (), servicers: Iterable[str] = ()
    ) -> None:
        self.around = around
        self.accounts = Accounts()
        self.customers = Customers(around.corp_id)
        self.codes = Codes()
        self.tokens = BellTokens()
        self.sent_ids: dict[str, set[str]] = {}
        self.upgrades: dict[str, object] = {"member_range": {}, "groupchat_range": {}}
        self._streams: dict[str, Stream] = {}
        self._sessions: dict[str, dict[str, Session]] = {}
        self.dice = random.Random(0)  # noqa: S311 - repeatable on purpose
        for item in accounts:
            open_kfid, _, name = item.partition(":")
            account = self.accounts.add(name or "客服", open_kfid)
            for servicer in servicers:
                account.add_servicer(servicer.partition(":")[0], around.members)

    @property
    def now(self) -> float:
        """Epoch seconds by the platform's clock."""
        return self.around.now()

    @property
    def knobs(self) -> CorpKnobs:
        """What can be turned."""
        return self.around.knobs

    def stream(self, open_kfid: str) -> Stream:
        """The stream of an account."""
        return self._streams.setdefault(open_kfid, Stream(open_kfid))

    def session(self, open_kfid: str, customer: Customer) -> Session:
        """The session of a customer with an account, lapsed when its time is over."""
        own = self._sessions.setdefault(customer.external_userid, {})
        session = own.get(open_kfid)
        if session is None:
            session = Session(open_kfid=open_kfid, external_userid=customer.external_userid)
            own[open_kfid] = session
        session.settle(self.now, self.knobs.kefu_window)
        return session

    def sessions_of(self, customer: Customer) -> list[Session]:
        """The customer's sessions with all accounts."""
        found = [*self._sessions.get(customer.external_userid, {}).values()]
        for session in found:
            session.settle(self.now, self.knobs.kefu_window)
        return found

    def new_msgid(self) -> str:
        """An id for a message that nobody has used."""
        return secrets.token_urlsafe(24)

    def put_message(
        self,
        session: Session,
        kind: str,
        body: Mapping[str, object],
        *,
        msgid: str,
        servicer: str | None = None,
    ) -> None:
        """Put what a customer or a person wrote into the stream; the bell is rung separately."""
        item: dict[str, object] = {
            "msgid": msgid,
            "open_kfid": session.open_kfid,
            "external_userid": session.external_userid,
            "send_time": int(self.now),
            "origin": CUSTOMER if servicer is None else SERVICER,
        }
        if servicer is not None:
            item["servicer_userid"] = servicer
        item |= {"msgtype": kind, kind: dict(body)}
        self.stream(session.open_kfid).append(item, self.now)

    def put_event(self, open_kfid: str, event_type: str, **fields: object) -> str:
        """Put an event into the stream and ring; ids of account and customer are inside the event only."""
        msgid = self.new_msgid()
        item: dict[str, object] = {
            "msgid": msgid,
            "send_time": int(self.now),
            "origin": SYSTEM,
            "msgtype": "event",
            "event": {"event_type": event_type, "open_kfid": open_kfid, **fields},
        }
        self.stream(open_kfid).append(item, self.now)
        customer = self.customers.by_external_userid(fields.get("external_userid"))
        name = None if customer is None else customer.name
        self.around.journal.append("kefu.event", name, event=item["event"])
        self.ring(open_kfid)
        return msgid

    def ring(self, open_kfid: str) -> None:
        """Tell the bot that the account's stream has something new."""
        now = self.now
        token = self.tokens.give(open_kfid, now + self.knobs.kefu_sync_token_life, now)
        self.around.tell(
            {"MsgType": "event", "Event": "kf_msg_or_event", "Token": token, "OpenKfId": open_kfid}
        )

    def show(
        self,
        customer: Customer,
        open_kfid: str,
        speaker: Speaker,
        kind: str,
        content: Mapping[str, object],
        *,
        msgid: str,
        servicer: str | None = None,
    ) -> Line:
        """Put a line on the customer's phone and into the journal."""
        line = customer.add(open_kfid, speaker, kind, content, msgid=msgid, at=self.now, servicer=servicer)
        said = speaker is Speaker.CUSTOMER
        self.around.journal.append("kefu.said" if said else "kefu.heard", customer.name, line=line.as_json())
        return line

    def change(self, session: Session, state: State, servicer: str | None, *, by: str) -> str | None:
        """Change who serves; returns the code that comes with it, if one does. The caller checked the right."""
        old = session.state
        gives = session.change(state, servicer, now=self.now)
        self.note_state(session, old, by=by)
        if not gives:
            return None
        return self.codes.give(OCCASION_OF[state], session.open_kfid, session.external_userid, self.now)

    def note_state(self, session: Session, old: State, *, by: str) -> None:
        """Write a change of state into the journal; ``by`` is customer, api, person, native or platform."""
        customer = self.customers.by_external_userid(session.external_userid)
        self.around.journal.append(
            "kefu.state",
            None if customer is None else customer.name,
            open_kfid=session.open_kfid,
            old=int(old),
            new=int(session.state),
            servicer=session.servicer,
            by=by,
        )

    def assign(self, account: Account, session: Session) -> None:
        """Native reception: a new session goes to somebody who receives, else to the pool."""
        if not (self.knobs.native_reception and account.servicers):
            return
        receivers = account.receivers()
        old = session.state
        if receivers:
            session.change(State.HUMAN, receivers[0], now=self.now)
        else:
            session.change(State.POOL, now=self.now)
        self.note_state(session, old, by="native")

    def report_failure(self, open_kfid: str, external_userid: str, msgid: str, fail_type: int) -> None:
        """Tell the bot that a message which was taken did not reach the customer."""
        self.put_event(
            open_kfid,
            "msg_send_fail",
            external_userid=external_userid,
            fail_msgid=msgid,
            fail_type=fail_type,
        )
