"""Rules of 微信客服 that hold whatever customers, people, the bot and time do."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from simulator.corp.errcodes import CorpError
from simulator.kefu import customer_acts, sending, servicer_acts, transitions
from simulator.kefu.customers import Speaker
from simulator.kefu.sessions import LIFE, Session
from simulator.kefu.states import State, api_may_change
from simulator.requests_in import Conflict
from tests.unit.simulator.kefu.builder import ACCOUNT, Bench

PEOPLE = st.sampled_from(["zhangsan", "lisi"])


class Rules(RuleBasedStateMachine):
    """One customer with one account; a model beside the world counts what may still be sent."""

    def __init__(self) -> None:
        super().__init__()
        self.bench = Bench()
        self.kefu = self.bench.kefu
        self.customer = self.kefu.customers.ensure("c1")
        self.left = 0
        self.last_words = float("-inf")
        self.number = 0

    @property
    def session(self) -> Session:
        """The session as it is now."""
        return self.kefu.session(ACCOUNT, self.customer)

    @rule()
    def write(self) -> None:
        """The customer writes: never an ended session afterwards, and five messages to come."""
        before = self.session.state
        customer_acts.say(self.kefu, self.bench.account, self.customer, "喂")
        assert self.session.state is (State.NEW if before is State.OVER else before)
        self.left, self.last_words = 5, self.bench.now

    @rule()
    def send(self) -> None:
        """The bot sends: taken in states 0 and 1 only, within the window, five times."""
        self.number += 1
        data = {
            "touser": self.customer.external_userid,
            "open_kfid": ACCOUNT,
            "msgid": f"m{self.number}",
            "msgtype": "text",
            "text": {"content": f"第{self.number}"},
        }
        session = self.session
        open_window = self.bench.now - self.last_words < LIFE
        expected = 0
        if session.lapsed:
            expected = 95002
        elif session.state not in (State.NEW, State.BOT):
            expected = 95018
        elif self.left == 0:
            expected = 95001
        assert expected or open_window
        assert self._errcode(lambda: sending.send(self.kefu, data)) == expected
        if expected == 0:
            self.left -= 1
            assert self.customer.lines[-1].speaker is Speaker.API
            again = self._errcode(lambda: sending.send(self.kefu, data))
            assert again == self.kefu.knobs.kefu_duplicate_errcode
            assert session.left == self.left

    @rule(state=st.sampled_from(State), person=PEOPLE)
    def change(self, state: State, person: str) -> None:
        """The bot changes the state: the table decides."""
        session, old = self.session, self.session.state
        data = {
            "open_kfid": ACCOUNT,
            "external_userid": self.customer.external_userid,
            "service_state": int(state),
            "servicer_userid": person,
        }
        legal = api_may_change(old, state)
        free = self.bench.account.servicers[person].receiving
        if old is State.OVER:
            expected = 95013
        elif not legal:
            expected = 95016
        elif state is State.HUMAN and not free:
            expected = 95019
        else:
            expected = 0
        told = len(self.kefu.stream(ACCOUNT))
        assert self._errcode(lambda: transitions.change_state(self.kefu, data)) == expected
        assert session.state is (old if expected else state)
        assert len(self.kefu.stream(ACCOUNT)) == told

    @rule(person=PEOPLE, act=st.sampled_from(["take", "end", "reenter", "say", "transfer", "start", "stop"]))
    def serve(self, person: str, act: str) -> None:
        """A person acts: what is done is told, what cannot be done changes nothing."""
        told, state = len(self.kefu.stream(ACCOUNT)), self.session.state
        scene = servicer_acts.Scene(
            kefu=self.kefu,
            account=self.bench.account,
            userid=person,
            data={"text": "我在", "to": "lisi"},
            customer=self.customer,
        )
        try:
            servicer_acts.act(scene, act)
        except Conflict:
            assert len(self.kefu.stream(ACCOUNT)) == told
            assert self.session.state is state
        else:
            assert len(self.kefu.stream(ACCOUNT)) > told

    @precondition(lambda self: self.left > 0)
    @rule(hours=st.sampled_from([1, 24, 47, 48]))
    def wait(self, hours: int) -> None:
        """Time passes."""
        self.bench.now += hours * 3600.0

    @invariant()
    def only_a_served_session_names_a_person(self) -> None:
        assert (self.session.servicer is not None) is (self.session.state is State.HUMAN)

    @invariant()
    def five_at_most_for_each_word(self) -> None:
        run = 0
        for line in self.customer.lines:
            run = 0 if line.speaker is Speaker.CUSTOMER else run + (line.speaker is Speaker.API)
            assert run <= 5

    def _errcode(self, call: Callable[[], object]) -> int:
        try:
            call()
        except CorpError as error:
            return error.errcode
        return 0


Rules.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestRules = Rules.TestCase
