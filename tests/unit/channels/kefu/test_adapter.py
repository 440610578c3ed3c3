"""Sending and transferring, one case at a time, against a small platform."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from channels.calls import Answered
from channels.kefu.adapter import KefuChannel, silent, trusted
from channels.kefu.desk import Session
from channels.kefu.sending import msgid_of
from channels.kefu.sessions import KnownSession
from channels.kefu.states import SessionState, Told
from channels.limits import KEFU_LIMITS
from channels.outcomes import (
    HeldByPeople,
    NobodyReceiving,
    NotSent,
    OutcomeUnknown,
    Refused,
    SendOutcome,
    Sent,
    Transferred,
    WindowClosed,
)
from channels.wecom.settings import KefuSettings, WecomSettings
from conversations.inbound import MessageKey, Text
from conversations.ownership import Owner
from conversations.replies import (
    CardUpdate,
    Choice,
    CodedReply,
    EventCode,
    ImageReply,
    MenuReply,
    Reply,
    TextReply,
    TransferReply,
)
from tests.unit.channels.kefu.platform import (
    BOT,
    ENDED,
    FREE,
    POOL,
    SERVED,
    TO,
    MemorySessions,
    Platform,
    channel_of,
    platform,
    run,
)
from tests.unit.channels.kefu.pulled import NOW, text

HELLO = TextReply(text="您好")


class Shop:
    """A platform with a customer who has written, and our channel in front of it."""

    def __init__(self) -> None:
        self.platform: Platform = platform()
        self.platform.customer_writes()
        channel: KefuChannel
        sessions: MemorySessions
        channel, sessions = channel_of(self.platform)
        self.channel, self.sessions = channel, sessions

    def send(self, reply: Reply, key: str = "k") -> SendOutcome:
        return run(self.channel.send(reply, TO, key=key))

    @property
    def apis(self) -> list[str]:
        return [api for api, _ in self.platform.calls]

    def known(self) -> SessionState | None:
        known = self.sessions.known.get(TO)
        return known.state if known else None


@pytest.fixture
def shop() -> Shop:
    return Shop()


def test_what_the_channel_is(shop: Shop) -> None:
    assert shop.channel.limits is KEFU_LIMITS
    assert shop.channel.idempotent
    assert shop.channel.hands_over
    assert shop.channel.render_passive(HELLO, TO, NOW) is None
    assert shop.channel.read(text("在吗"), MessageKey("kefu:wk:1")).content == Text(text="在吗")


def test_a_desk_of_our_own_takes_no_sessions_from_the_bot() -> None:
    settings = WecomSettings(kefu=KefuSettings(handoff="desk"))
    shop = Shop()
    assert not KefuChannel(settings, shop.channel._client, shop.sessions, shop.platform.clock).hands_over


def test_the_first_reply_looks_and_the_next_does_not(shop: Shop) -> None:
    assert shop.send(HELLO, "k1") == Sent(platform_id=msgid_of("k1"))
    assert shop.send(HELLO, "k2") == Sent(platform_id=msgid_of("k2"))
    assert shop.apis == ["service_state/get", "send_msg", "send_msg"]
    assert shop.known() is SessionState.UNHANDLED


@pytest.mark.parametrize(
    ("state", "servicer", "outcome"),
    [
        (POOL, None, HeldByPeople(owner=Owner.QUEUE)),
        (SERVED, "li", HeldByPeople(owner=Owner.AGENT, agent="li")),
        (SERVED, None, HeldByPeople(owner=Owner.AGENT, agent="unknown")),
        (ENDED, None, WindowClosed(reason="the session has ended")),
    ],
)
def test_nothing_is_said_while_the_session_is_not_ours(
    shop: Shop, state: int, servicer: str | None, outcome: SendOutcome
) -> None:
    shop.platform.state, shop.platform.servicer = state, servicer
    assert shop.send(HELLO) == outcome
    assert shop.apis == ["service_state/get"]


def test_a_session_that_changed_is_looked_at_again(shop: Shop) -> None:
    shop.send(HELLO, "k1")
    shop.platform.state, shop.platform.servicer = SERVED, "li"
    refused = shop.send(HELLO, "k2")
    assert isinstance(refused, NotSent)
    assert refused.retry_after == 0.0
    assert shop.known() is None
    assert shop.send(HELLO, "k2") == HeldByPeople(owner=Owner.AGENT, agent="li")


def test_refused_though_it_is_ours_means_over_48_hours(shop: Shop) -> None:
    shop.platform.answers["send_msg"] = [Answered(code=95018, message="", body={})]
    assert isinstance(shop.send(HELLO), WindowClosed)
    assert shop.known() is None


def test_an_ended_session_is_remembered_as_ended(shop: Shop) -> None:
    shop.platform.answers["send_msg"] = [Answered(code=95013, message="", body={})]
    assert isinstance(shop.send(HELLO), WindowClosed)
    assert shop.known() is SessionState.ENDED


def test_a_lost_answer_is_repeated_without_a_second_message(shop: Shop) -> None:
    shop.send(HELLO, "k0")
    shop.platform.lose_next = True
    assert isinstance(shop.send(HELLO, "k"), OutcomeUnknown)
    assert shop.send(HELLO, "k") == Sent(platform_id=msgid_of("k"))
    assert [msgid for msgid, _ in shop.platform.delivered] == [msgid_of("k0"), msgid_of("k")]


def test_a_look_without_an_answer_says_nothing(shop: Shop) -> None:
    shop.platform.lose_next = True
    assert isinstance(shop.send(HELLO), NotSent)
    assert shop.platform.delivered == []


def test_a_state_that_we_do_not_know_is_not_spoken_into(shop: Shop) -> None:
    shop.platform.answers["service_state/get"] = [Answered(code=0, message="", body={"service_state": 9})]
    assert isinstance(shop.send(HELLO), NotSent)
    assert shop.apis == ["service_state/get"]


def test_the_five(shop: Shop) -> None:
    assert [type(shop.send(HELLO, f"k{n}")) for n in range(6)] == [Sent] * 5 + [WindowClosed]
    shop.platform.customer_writes()
    assert isinstance(shop.send(HELLO, "k5"), Sent)


def test_cards_belong_to_another_channel(shop: Shop) -> None:
    assert isinstance(shop.send(CardUpdate(response_code="C", button="好")), Refused)
    assert shop.apis == []


def coded(name: str, ends: datetime, reply: TextReply | MenuReply = HELLO) -> CodedReply:
    return CodedReply(code=EventCode(code=name, expires_at=ends), reply=reply)


def test_a_code_speaks_whatever_the_state_and_asks_nothing_first(shop: Shop) -> None:
    name = shop.platform.grant(None, timedelta(seconds=20), menus=True)
    shop.platform.state = ENDED
    menu = MenuReply(head="欢迎", choices=(Choice(id="1", label="查快递"),))
    assert shop.send(coded(name, NOW + timedelta(seconds=20), menu)) == Sent(platform_id=msgid_of("k"))
    assert shop.apis == ["send_msg_on_event"]
    assert shop.platform.calls[0][1]["msgtype"] == "msgmenu"


def test_a_code_that_has_ended_is_not_tried(shop: Shop) -> None:
    name = shop.platform.grant(None, timedelta(seconds=20), menus=True)
    shop.platform.clock.advance(seconds=20)
    assert shop.send(coded(name, NOW + timedelta(seconds=20))) == Refused(reason="the code has expired")
    assert shop.apis == []


def test_a_code_is_spent_once_even_when_its_answer_was_lost(shop: Shop) -> None:
    name = shop.platform.grant(None, timedelta(seconds=20), menus=True)
    shop.platform.lose_next = True
    assert isinstance(shop.send(coded(name, NOW + timedelta(seconds=20))), OutcomeUnknown)
    assert isinstance(shop.send(coded(name, NOW + timedelta(seconds=20))), Sent)
    assert isinstance(shop.send(coded(name, NOW + timedelta(seconds=20)), "other"), Refused)
    assert len(shop.platform.delivered) == 1


def test_a_transfer_to_the_pool_brings_a_code(shop: Shop) -> None:
    shop.platform.receiving = {"li"}
    outcome = shop.send(TransferReply(connecting="正在为您转接"))
    assert outcome == Transferred(
        owner=Owner.QUEUE, code=EventCode(code="CODE0", expires_at=NOW + timedelta(hours=48))
    )
    assert (shop.platform.state, shop.known()) == (POOL, SessionState.POOL)
    assert shop.platform.delivered == []
    assert shop.send(HELLO, "chat") == HeldByPeople(owner=Owner.QUEUE)
    assert isinstance(shop.send(coded("CODE0", NOW + timedelta(hours=48)), "said"), Sent)


def test_a_transfer_to_a_named_servicer(shop: Shop) -> None:
    shop.platform.receiving = {"li", "wang"}
    outcome = shop.send(TransferReply(agent="wang"))
    assert isinstance(outcome, Transferred)
    assert (outcome.owner, outcome.agent) == (Owner.AGENT, "wang")
    assert (shop.platform.state, shop.platform.servicer) == (SERVED, "wang")


def test_a_named_servicer_who_has_stopped_leaves_it_to_the_pool(shop: Shop) -> None:
    shop.platform.receiving, shop.platform.stopped = {"li"}, {"wang"}
    outcome = shop.send(TransferReply(agent="wang"))
    assert isinstance(outcome, Transferred)
    assert (outcome.owner, shop.platform.state) == (Owner.QUEUE, POOL)
    assert shop.platform.refusals == []


@pytest.mark.parametrize("code", [95014, 95019])
def test_a_named_servicer_who_stops_just_now_leaves_it_to_the_pool(shop: Shop, code: int) -> None:
    shop.platform.receiving = {"wang"}
    shop.platform.answers["service_state/trans"] = [Answered(code=code, message="", body={})]
    outcome = shop.send(TransferReply(agent="wang"))
    assert isinstance(outcome, Transferred)
    assert (outcome.owner, outcome.agent, shop.platform.state) == (Owner.QUEUE, None, POOL)


def test_nobody_receives(shop: Shop) -> None:
    shop.platform.stopped = {"li"}
    assert isinstance(shop.send(TransferReply(connecting="正在为您转接", nobody="都下班啦")), NobodyReceiving)
    assert (shop.platform.state, shop.platform.delivered) == (FREE, [])


@pytest.mark.parametrize(
    ("state", "servicer", "outcome"),
    [
        (POOL, None, Transferred(owner=Owner.QUEUE)),
        (SERVED, "li", Transferred(owner=Owner.AGENT, agent="li")),
        (ENDED, None, WindowClosed(reason="the session has ended")),
    ],
)
def test_a_transfer_that_is_done_already_or_comes_too_late(
    shop: Shop, state: int, servicer: str | None, outcome: SendOutcome
) -> None:
    shop.platform.receiving = {"li"}
    shop.platform.state, shop.platform.servicer = state, servicer
    assert shop.send(TransferReply()) == outcome
    assert shop.apis == ["service_state/get"]


def test_a_second_transfer_brings_no_code_so_the_words_come_first(shop: Shop) -> None:
    shop.platform.receiving = {"li"}
    shop.platform.code_given = True
    shop.sessions.known[TO] = KnownSession(state=None, servicer=None, checked_at=NOW, code_granted=True)
    outcome = shop.send(TransferReply(connecting="正在为您转接"), "k")
    assert outcome == Transferred(owner=Owner.QUEUE, told=True)
    assert shop.platform.delivered == [(msgid_of("k/connecting"), FREE)]
    assert shop.platform.calls[2][1]["text"] == {"content": "正在为您转接"}


def test_words_that_may_be_lost_are_said_again_before_the_transfer(shop: Shop) -> None:
    shop.platform.receiving = {"li"}
    shop.sessions.known[TO] = KnownSession(state=None, servicer=None, checked_at=NOW, code_granted=True)
    shop.platform.answers["send_msg"] = [OutcomeUnknown(reason="lost")]
    assert isinstance(shop.send(TransferReply(connecting="正在为您转接")), OutcomeUnknown)
    assert shop.platform.state == FREE
    again = shop.send(TransferReply(connecting="正在为您转接"))
    assert isinstance(again, Transferred)
    assert again.told


def test_a_code_whose_moment_is_over_is_not_tried_again(shop: Shop) -> None:
    shop.platform.answers["send_msg_on_event"] = [Answered(code=95018, message="", body={})]
    outcome = shop.send(coded("farewell", NOW + timedelta(seconds=20)))
    assert isinstance(outcome, WindowClosed)


def test_a_used_up_count_does_not_stop_a_transfer(shop: Shop) -> None:
    shop.platform.receiving, shop.platform.left = {"li"}, 0
    shop.sessions.known[TO] = KnownSession(state=None, servicer=None, checked_at=NOW, code_granted=True)
    outcome = shop.send(TransferReply(connecting="正在为您转接"))
    assert isinstance(outcome, Transferred)
    assert not outcome.told


def test_a_transfer_whose_answer_was_lost_is_found_done(shop: Shop) -> None:
    shop.platform.receiving = {"li"}
    shop.platform.answers["service_state/trans"] = [OutcomeUnknown(reason="lost")]
    assert isinstance(shop.send(TransferReply()), OutcomeUnknown)
    shop.platform.state = POOL
    assert shop.send(TransferReply()) == Transferred(owner=Owner.QUEUE)


def test_a_change_meanwhile_is_looked_at_again(shop: Shop) -> None:
    shop.platform.receiving = {"li"}
    shop.platform.answers["service_state/trans"] = [Answered(code=95016, message="", body={})]
    outcome = shop.send(TransferReply())
    assert isinstance(outcome, NotSent)
    assert outcome.retry_after == 1.0
    assert shop.known() is None


def known(state: SessionState | None, **age: float) -> KnownSession:
    return KnownSession(state=state, servicer=None, checked_at=NOW - timedelta(**age), code_granted=False)


@pytest.mark.parametrize(
    ("remembered", "relied_on"),
    [
        (None, False),
        (known(None), False),
        (known(SessionState.UNHANDLED, hours=47), True),
        (known(SessionState.BOT, hours=48), False),
        (known(SessionState.POOL, seconds=29), True),
        (known(SessionState.POOL, seconds=30), False),
        (known(SessionState.SERVED, seconds=30), False),
        (known(SessionState.ENDED), False),
        (known(SessionState.BOT, seconds=-60), False),
    ],
)
def test_how_long_a_session_is_relied_on(remembered: KnownSession | None, relied_on: bool) -> None:
    session = trusted(remembered, NOW)
    assert (session is not None) is relied_on
    assert session is None or (remembered is not None and session.state is remembered.state)


def test_silence_in_every_state_that_is_not_ours() -> None:
    assert silent(Session(state=SessionState.POOL)) == HeldByPeople(owner=Owner.QUEUE)
    assert isinstance(silent(Session(state=SessionState.ENDED)), WindowClosed)


def test_an_image_is_sent_in_state_1(shop: Shop) -> None:
    shop.platform.state = BOT
    assert isinstance(shop.send(ImageReply(media_id="M")), Sent)
    assert shop.platform.delivered == [(msgid_of("k"), BOT)]
    assert run(shop.sessions.read(TO)) == KnownSession(
        state=SessionState.BOT, servicer=None, checked_at=NOW, code_granted=False
    )
    run(shop.sessions.learn(TO, Told(state=None)))
    assert shop.known() is None
