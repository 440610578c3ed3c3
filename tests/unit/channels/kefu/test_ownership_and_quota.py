"""Ownership, quota and codes under any sequence of what customers, servicers, the clock and we may do.

A model platform that enforces the protocol by its own words stands against our channel and the decisions on limits.
The bot here does what the product does: it charges before it sends, gives back what was surely not sent, learns of
people from what it has pulled and from answers, and repeats what was lost under the same key.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from channels.kefu.sending import msgid_of
from channels.kefu.states import Told
from channels.limits import KEFU_LIMITS, Allowed, Window, may_send
from channels.outcomes import HeldByPeople, NobodyReceiving, NotSent, OutcomeUnknown, SendOutcome, Transferred
from conversations.inbound import Trigger
from conversations.replies import CodedReply, EventCode, Reply, ReplyKind, TextReply, TransferReply
from tests.unit.channels.kefu.platform import (
    ENDED,
    POOL,
    SERVED,
    TO,
    channel_of,
    platform,
    run,
)

PEOPLE = st.sampled_from(["li", "wang"])
HELLO = TextReply(text="您好")


class Conversation(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.platform = platform()
        self.channel, self.sessions = channel_of(self.platform)
        self.people_have_it = False
        """What we know: the owner in our own books."""
        self.window: Window | None = None
        self.stream: list[tuple[str, datetime]] = []
        """What is to be pulled: the customer's messages, and what people did."""
        self.codes: list[EventCode] = []
        self.number = 0
        self.lost: list[tuple[str, Reply]] = []
        self.said_since: Counter[ReplyKind] = Counter()
        self.robbed = 0
        self.too_late: list[str] = []
        self.spoken_knowingly: list[str] = []
        self.into_an_empty_pool = 0

    @initialize(people=st.sets(PEOPLE))
    def open(self, people: set[str]) -> None:
        self.platform.receiving = people

    # What others do

    @rule(native=st.sampled_from([None, None, "li"]))
    def customer_writes(self, native: str | None) -> None:
        self.platform.customer_writes(native=native)
        self.stream.append(("message", self.platform.clock.now()))

    @precondition(lambda self: self.platform.state == POOL)
    @rule(name=PEOPLE)
    def servicer_takes(self, name: str) -> None:
        self._people(SERVED, name, "taken")
        if not self.platform.code_given:
            self.platform.code_given = True
            self._grant(SERVED, timedelta(hours=48))

    @precondition(lambda self: self.platform.state == SERVED)
    @rule(name=PEOPLE)
    def servicer_passes_on(self, name: str) -> None:
        self._people(SERVED, name, "taken")

    @precondition(lambda self: self.platform.state == SERVED)
    @rule()
    def servicer_ends(self) -> None:
        self._people(ENDED, None, "ended")
        self._grant(ENDED, timedelta(seconds=20))

    @precondition(lambda self: self.platform.state == ENDED and self.platform.wrote_at is not None)
    @rule(name=PEOPLE)
    def servicer_reopens(self, name: str) -> None:
        self._people(SERVED, name, "taken")

    @precondition(lambda self: self.platform.state == POOL)
    @rule()
    def pool_times_out(self) -> None:
        """Nobody tells us."""
        self.platform.state = ENDED
        self.platform.changed_unseen = True

    @rule(name=PEOPLE)
    def servicer_starts_or_stops(self, name: str) -> None:
        receiving, stopped = self.platform.receiving, self.platform.stopped
        (receiving.discard if name in receiving else receiving.add)(name)
        (stopped.discard if name in receiving else stopped.add)(name)

    @rule()
    def customer_enters(self) -> None:
        self._grant(None, timedelta(seconds=20))

    @rule(seconds=st.sampled_from([1, 5, 15, 40, 3_600, 47 * 3_600, 49 * 3_600]))
    def time_passes(self, seconds: int) -> None:
        self.platform.clock.advance(seconds=seconds)

    @rule()
    def next_answer_is_lost(self) -> None:
        self.platform.lose_next = True

    # What we do

    @rule()
    def we_pull(self) -> None:
        for what, at in self.stream:
            if what == "message":
                self.window = Window(trigger=Trigger.MESSAGE, opened_at=at, used=0)
                self.said_since.clear()
            else:
                self.people_have_it = what == "taken"
                run(self.sessions.learn(TO, Told(state=None)))
        if any(what != "message" for what, _ in self.stream):
            self.platform.changed_unseen = False
        self.stream.clear()

    @rule(kind=st.sampled_from(ReplyKind), books_are_stale=st.booleans())
    def we_say(self, kind: ReplyKind, books_are_stale: bool) -> None:
        """``books_are_stale``: we say it though our own books give the conversation to people."""
        if self.people_have_it and not books_are_stale:
            return
        if self._charge(kind):
            self._send(HELLO, self._key())

    @precondition(lambda self: self.lost)
    @rule(pick=st.integers(0, 100))
    def we_repeat_what_was_lost(self, pick: int) -> None:
        key, reply = self.lost.pop(pick % len(self.lost))
        self._send(reply, key)

    @rule(agent=st.sampled_from([None, "li", "wang"]), connecting=st.sampled_from(["", "正在为您转接"]))
    def we_transfer(self, agent: str | None, connecting: str) -> None:
        self._send(TransferReply(agent=agent, connecting=connecting), self._key())

    @precondition(lambda self: self.codes)
    @rule(pick=st.integers(0, 100), keep=st.booleans())
    def we_spend_a_code(self, pick: int, keep: bool) -> None:
        """``keep``: and forget that we did, so that it is tried again under another key."""
        code = self.codes[pick % len(self.codes)]
        if not keep:
            self.codes.remove(code)
        self._send(CodedReply(code=code, reply=HELLO), self._key())

    # What must hold

    @invariant()
    def the_bot_never_speaks_while_people_have_the_session(self) -> None:
        codes = {msgid_of(key) for key, reply in self._sent if isinstance(reply, CodedReply)}
        for msgid, state in self.platform.delivered:
            assert state not in (POOL, SERVED) or msgid in codes

    @invariant()
    def after_a_claim_that_we_could_know_of_chat_is_not_even_tried(self) -> None:
        assert self.spoken_knowingly == []

    @invariant()
    def nobody_is_robbed_of_a_session(self) -> None:
        assert self.robbed == 0

    @invariant()
    def never_more_than_five_for_a_message(self) -> None:
        assert self.platform.left >= 0
        assert self.said_since[ReplyKind.CHAT] <= 2
        assert sum(self.said_since.values()) <= 5

    @invariant()
    def no_message_reaches_the_customer_twice(self) -> None:
        assert len(self.platform.delivered) == len(self.platform.msgids)

    @invariant()
    def a_code_is_tried_only_while_valid(self) -> None:
        assert self.too_late == []

    @invariant()
    def nobody_is_left_in_a_pool_that_nobody_takes_from(self) -> None:
        assert self.into_an_empty_pool == 0

    # Helpers

    _sent: list[tuple[str, Reply]]

    @initialize()
    def begin(self) -> None:
        self._sent = []

    def _people(self, state: int, servicer: str | None, what: str) -> None:
        self.platform.state, self.platform.servicer = state, servicer
        self.platform.changed_unseen = True
        self.stream.append((what, self.platform.clock.now()))

    def _grant(self, state: int | None, lasts: timedelta) -> None:
        name = self.platform.grant(state, lasts, menus=lasts.total_seconds() == 20)
        self.codes.append(EventCode(code=name, expires_at=self.platform.codes[name].ends))

    def _key(self) -> str:
        self.number += 1
        return f"k{self.number}"

    def _charge(self, kind: ReplyKind) -> bool:
        windows = [self.window] if self.window else []
        decision = may_send(KEFU_LIMITS, windows, kind, self.platform.clock.now())
        if not isinstance(decision, Allowed) or self.window is None:
            return False
        self._use(1)
        self.said_since[kind] += 1
        self._charged = kind
        return True

    def _use(self, by: int) -> None:
        if self.window is not None:
            self.window = Window(
                trigger=Trigger.MESSAGE, opened_at=self.window.opened_at, used=self.window.used + by
            )

    def _send(self, reply: Reply, key: str) -> None:
        self._sent.append((key, reply))
        calls = len(self.platform.calls)
        state, unseen = self.platform.state, self.platform.changed_unseen
        receiving = bool(self.platform.receiving)
        outcome = run(self.channel.send(reply, TO, key=key))
        made = [api for api, _ in self.platform.calls[calls:]]
        self._check_calls(made, state, unseen, receiving)
        if isinstance(reply, CodedReply) and made and reply.code.expires_at <= self.platform.clock.now():
            self.too_late.append(key)
        self._judge(reply, key, outcome)

    def _check_calls(self, made: list[str], state: int, unseen: bool, receiving: bool) -> None:
        if "send_msg" in made and state in (POOL, SERVED) and not unseen:
            self.spoken_knowingly.append(f"send_msg in {state}")
        if "service_state/trans" in made and state in (POOL, SERVED):
            self.robbed += 1
        if self.platform.state == POOL and state != POOL and not receiving:
            self.into_an_empty_pool += 1

    def _judge(self, reply: Reply, key: str, outcome: SendOutcome) -> None:
        match outcome:
            case OutcomeUnknown():
                self.lost.append((key, reply))
            case NotSent() | HeldByPeople() if isinstance(reply, TextReply):
                self._use(-1)
                self.said_since[self._charged] -= 1
                self.people_have_it = self.people_have_it or isinstance(outcome, HeldByPeople)
            case Transferred(code=code):
                assert self.platform.state in (POOL, SERVED)
                self.people_have_it = True
                if code is not None:
                    self.codes.append(code)
            case NobodyReceiving():
                assert not self.platform.receiving
            case _:
                pass


TestConversation = Conversation.TestCase
TestConversation.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
