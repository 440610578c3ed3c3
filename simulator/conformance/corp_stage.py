"""Where the checks of a corp's bot play: accounts of 微信客服, customers, a servicer, members."""

from __future__ import annotations

import asyncio
import itertools
import json
import secrets
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from simulator.conformance.check import Inapplicable, demand
from simulator.conformance.stage import Patience
from simulator.corp.world import CorpWorld
from simulator.envelope import Outgoing, Stamp
from simulator.faults import Rule
from simulator.journal import Entry
from simulator.kefu import customer_acts, servicer_acts
from simulator.kefu.accounts import Account
from simulator.kefu.customers import Customer, Line, Speaker
from simulator.kefu.sessions import Session
from simulator.transport import Outcome
from simulator.world import World

SYNC, SEND, ON_EVENT = "/cgi-bin/kf/sync_msg", "/cgi-bin/kf/send_msg", "/cgi-bin/kf/send_msg_on_event"
STATE = "/cgi-bin/kf/service_state/get"
BELL = "corp:event:kf_msg_or_event"
SERVICER = "conformance-servicer"
_GLANCE = 0.02
_LARGE = 1 << 20
_IN_PIECES = 0.001


@dataclass(slots=True, kw_only=True)
class CorpStage:
    """The corp, the bot's address, and what the bot usually says to the first question."""

    world: World
    corp: CorpWorld
    questions: Sequence[str]
    long_question: str | None
    handoff: str
    patience: Patience
    usual: list[Line] = field(default_factory=list)
    repeaters: set[str] = field(default_factory=set)
    """Customers who asked the same thing several times in a row, and may hear the same answer as often."""
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def question(self) -> str:
        """The first question."""
        return self.questions[0]

    @property
    def account(self) -> Account:
        """The first account; raises Inapplicable when the corp has none."""
        return self.accounts[0]

    @property
    def accounts(self) -> list[Account]:
        """Every account; raises Inapplicable when the corp has none."""
        found = list(self.corp.kefu.accounts)
        if not found:
            raise Inapplicable("no account of 微信客服 is named: --corp-kefu-accounts")
        return found

    def customer(self) -> Customer:
        """Somebody new."""
        return self.corp.kefu.customers.ensure(f"visitor-{next(self._numbers)}")

    def ask(
        self,
        customer: Customer,
        text: str | None = None,
        *,
        account: Account | None = None,
        ring: bool = True,
        menu_id: str | None = None,
    ) -> str:
        """The customer writes; returns the msgid."""
        to, words = account or self.account, text or self.question
        return customer_acts.say(self.corp.kefu, to, customer, words, menu_id=menu_id, ring=ring).msgid

    def act(self, customer: Customer, name: str, data: Mapping[str, object] | None = None) -> str:
        """Any other act of a customer; returns the msgid, or the welcome code when one came of it."""
        done = customer_acts.act(self.corp.kefu, self.account, customer, name, data or {})
        return done.welcome_code or done.msgid

    def serve(self, name: str, customer: Customer | None = None, **data: object) -> None:
        """What the servicer does in the WeCom client."""
        scene = servicer_acts.Scene(
            kefu=self.corp.kefu, account=self.account, userid=SERVICER, data=data, customer=customer
        )
        servicer_acts.act(scene, name)

    def session(self, customer: Customer) -> Session:
        """The customer's session with the first account."""
        return self.corp.kefu.session(self.account.open_kfid, customer)

    @asynccontextmanager
    async def servicer(self, *, receiving: bool = True) -> AsyncIterator[None]:
        """Within the block the one servicer of the first account receives, or does not."""
        account = self.account
        before = dict(account.servicers)
        account.servicers.clear()
        self.corp.members.add(SERVICER, "小兰")
        account.add_servicer(SERVICER, self.corp.members)
        account.servicers[SERVICER].receiving = receiving
        try:
            yield
        finally:
            account.servicers.clear()
            account.servicers.update(before)

    def words(self, customer: Customer, account: Account | None = None) -> list[Line]:
        """What the bot said to the customer so far."""
        return [
            line
            for line in customer.lines
            if line.speaker in (Speaker.API, Speaker.EVENT)
            and (account is None or line.open_kfid == account.open_kfid)
        ]

    async def answered(self, customer: Customer, count: int = 1) -> list[Line]:
        """Wait until the customer heard so many messages or the time for an answer is up."""
        await self.until(lambda: len(self.words(customer)) >= count)
        return self.words(customer)

    async def must_answer(self, customer: Customer, otherwise: str, *, more_than: int = 0) -> list[Line]:
        """Wait for an answer; raises Broken with the text when none comes."""
        heard = await self.answered(customer, more_than + 1)
        demand(len(heard) > more_than, otherwise)
        return heard

    async def until(self, holds: Callable[[], bool], *, seconds: float | None = None) -> bool:
        """Wait until something holds; False when it does not in time (default: the time for an answer)."""
        journal = self.world.journal
        try:
            async with asyncio.timeout(self.patience.answer if seconds is None else seconds):
                while True:
                    seen = journal.last
                    if holds():
                        return True
                    await journal.wait_beyond(seen)
        except TimeoutError:
            return holds()

    async def silence(self, customer: Customer) -> list[Line]:
        """Wait until nothing has happened about the customer for longer than between two attempts."""
        loop, journal = asyncio.get_running_loop(), self.world.journal
        needed = max(self.patience.quiet, 1.2 * self.world.knobs.patience)
        names = (customer.name, customer.external_userid)
        seen, since = journal.last, loop.time()
        while loop.time() - since < needed:
            await asyncio.sleep(_GLANCE)
            news = journal.after(seen, limit=100_000)
            seen = news[-1].number if news else seen
            if any(entry.shopper in names for entry in news):
                since = loop.time()
        return self.words(customer)

    @asynccontextmanager
    async def faults(self, *rules: Rule) -> AsyncIterator[list[str]]:
        """Rules in force within the block; yields their ids."""
        ids = [self.world.faults.add(rule) for rule in rules]
        try:
            yield ids
        finally:
            for key in ids:
                self.world.faults.remove(key)

    def hits(self, key: str) -> int:
        """How often a rule in force struck."""
        rules = self.world.faults.as_json()["rules"]
        assert isinstance(rules, list)
        return next((int(rule["hits"]) for rule in rules if rule["id"] == key), 0)

    def entries(self, kind: str, *, after: int = 0) -> list[Entry]:
        """What the journal says, of one kind, later than an entry."""
        return [entry for entry in self.world.journal.after(after, limit=1_000_000) if entry.kind == kind]

    def calls(self, path: str, *, after: int = 0, to: Customer | None = None) -> list[Entry]:
        """The bot's calls of one API, to one customer if one is named."""
        return [
            entry
            for entry in self.entries("corp.call", after=after)
            if entry.data["path"] == path and (to is None or to.external_userid in str(entry.data["body"]))
        ]

    def violations(self, *codes: str, after: int = 0, customer: Customer | None = None) -> list[str]:
        """The rules of these names that the bot broke, with details."""
        return [
            f"{entry.data['code']}: {entry.data['detail']}"
            for entry in self.entries("violation", after=after)
            if entry.data["code"] in codes and (customer is None or entry.shopper == customer.name)
        ]

    def statuses(self, push: str) -> list[tuple[object, float]]:
        """Status (or ``timeout``, ``unreachable``) and milliseconds of each attempt of one callback."""
        return [
            (entry.data.get("status", entry.data["outcome"]), float(str(entry.data["latency_ms"])))
            for entry in self.entries("corp.callback.answer")
            if entry.data["push"] == push
        ]

    async def acknowledged(self, push: str, what: str) -> None:
        """The callback's first attempt is answered with 200."""
        await self.until(lambda: bool(self.statuses(push)), seconds=self.world.knobs.patience + 5)
        first = [status for status, _ in self.statuses(push)][:1]
        demand(first == [200], f"{what}: the first attempt ended with {first}")

    def stamp(self, *, age: int = 0) -> Stamp:
        """A fresh timestamp and nonce, or one of ``age`` seconds ago."""
        return Stamp(timestamp=int(self.corp.now) - age, nonce=secrets.token_hex(8))

    async def post(self, out: Outgoing) -> Outcome:
        """One request to the bot, outside of all bookkeeping; large bodies go in pieces."""
        return await self.corp.wire.post(
            self.corp.knobs.callback_url,
            out,
            patience=max(self.world.knobs.patience, 5.0),
            sent=lambda: None,
            slow_seconds=_IN_PIECES if len(out.body) > _LARGE else 0.0,
        )

    def need_answers(self) -> None:
        """Raises Inapplicable for a bot that never answers the question."""
        if not self.usual:
            raise Inapplicable("the bot does not answer the question at all; try --question")


def sent_ids(calls: Iterable[Entry]) -> list[tuple[str, str]]:
    """msgid and whole body of each send; the msgid is empty when there is none."""
    found = []
    for call in calls:
        body = str(call.data["body"])
        try:
            msgid = str(json.loads(body).get("msgid", ""))
        except (ValueError, AttributeError):
            msgid = ""
        found.append((msgid, body))
    return found
