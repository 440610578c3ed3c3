"""A turn's thinking: what one message leads to. No transaction is open; nothing outside is changed."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace

from bot.after_sales_openings import openings
from bot.policy import spoken_text
from bot.respondent import LEFT, UNKNOWN, Respondent
from bot.seen_events import MallIdOf, no_scene_is_signed, seen_event
from bot.sending import MORE_TO_COME
from bot.turns import Card, Claimed, Finished, Speech
from channels.port import ChannelPort
from channels.splitting import split_text
from channels.text import byte_length
from conversations.address import Address, Channel
from conversations.clock import Clock
from conversations.conversation import Context
from conversations.facts import Fact
from conversations.inbound import AgentSaid, AgentSession, AgentSessionChange, Content, Inbound, SendFailed
from conversations.outcomes import HandOver, Outcome, Say, say
from conversations.ownership import Owner, Ownership, to_agent, to_bot, to_queue
from conversations.replies import MenuReply, Reply, ReplyKind, TextReply, TransferReply, to_stored
from customers.profile.profile import Profile
from escalation.cases import Case, open_case
from escalation.front_desk import FrontDesk, Received
from handlers.case_card import cards_for
from handlers.leaning import a_message_later
from handlers.staff import is_staff
from handlers.turn import Handler, Turn

FLOOD = 20
"""So many messages behind this one in a person's line mean that reading each on its own helps nobody."""
FLOODED = "消息有点多，我先看最新的几条～麻烦把想问的事合成一两句发给我，好吗？"
SORRY = "抱歉，我这边出了点小状况，这条消息没处理好。麻烦您再发一次，或回复“转人工”。"


CUSTOMERS = (Channel.OFFICIAL, Channel.KEFU)
"""Where customers write; everybody else is of the shop."""

ProfileOf = Callable[[Address], Awaitable[Profile | None]]
"""What is known of the customer at an address; None when nothing is. Raises Transient when that cannot be read now."""


class Thinker:
    """Thinks about claimed messages. Everything it needs is given; it keeps nothing between turns."""

    def __init__(
        self,
        *,
        channels: Mapping[Channel, ChannelPort],
        respondent: Respondent,
        clock: Clock,
        staff: Handler,
        members: Sequence[Address] = (),
        profile_of: ProfileOf | None = None,
        mall_id_of: MallIdOf = no_scene_is_signed,
        front_desk: FrontDesk | None = None,
    ) -> None:
        """``staff`` answers the shop's own people; ``members`` of them hear of every new case.

        ``profile_of``: looks a customer up; None where nobody is known. ``mall_id_of`` reads signed scenes.
        ``front_desk``: None where agents do not serve at our desk.
        """
        self._front_desk = front_desk
        self._mall_id_of = mall_id_of
        self._profile_of = profile_of
        self._staff = staff
        self._members = members
        self._channels = channels
        self._respondent = respondent
        self._clock = clock

    async def think(self, claimed: Claimed) -> Finished:
        """Raises Transient when something needed is away; the turn then runs again later."""
        inbound = self._channels[claimed.conversation.address.channel].read(claimed.body, claimed.key)
        profile = await self._profile(claimed.conversation.address)
        outcome = self._flooded(claimed) or await self._answer(claimed, inbound, profile)
        return await self._finish(claimed, inbound, outcome, profile)

    def give_up(self, claimed: Claimed, error: str) -> Finished:
        """The message goes to the dead list, and the person is told, unless people have the conversation."""
        facts = (Fact(name="turn.dead"),)
        silent = not claimed.conversation.ownership.bot_may_speak
        finished = self._speak(claimed, Outcome(facts=facts) if silent else say(SORRY, facts=facts))
        return replace(finished, dead=error, transcript=json.dumps(claimed.body, ensure_ascii=False))

    async def _profile(self, address: Address) -> Profile | None:
        return None if self._profile_of is None or is_staff(address) else await self._profile_of(address)

    async def _answer(self, claimed: Claimed, inbound: Inbound, profile: Profile | None) -> Outcome:
        now = self._clock.now()
        if is_staff(claimed.conversation.address):
            return await self._staff(
                Turn(
                    conversation=claimed.conversation,
                    inbound=inbound,
                    text=spoken_text(inbound.content) or "",
                    understanding=UNKNOWN,
                    now=now,
                )
            )
        again = claimed.attempts > 1
        return await self._respondent.respond(
            claimed.conversation, inbound, now, again=again, profile=profile
        )

    def _flooded(self, claimed: Claimed) -> Outcome | None:
        if claimed.behind < FLOOD or not claimed.conversation.ownership.bot_may_speak:
            return None
        fact = Fact(name="message.flood", details={"behind": claimed.behind})
        # Said once per flood: when the line has just grown so long, and then each time it is that long again.
        return say(FLOODED, facts=(fact,)) if claimed.behind == FLOOD else Outcome(facts=(fact,))

    async def _finish(
        self, claimed: Claimed, inbound: Inbound, outcome: Outcome, profile: Profile | None
    ) -> Finished:
        case = self._case(claimed, outcome)
        received = await self._received(case, profile)
        if outcome.hand_over is not None:
            outcome = self._brought(outcome, outcome.hand_over, claimed, received)
        news = case if received is None or not received.again else None
        return replace(
            self._speak(claimed, outcome),
            context=self._context_after(claimed.conversation.context, outcome, inbound),
            ownership=owner_after(inbound.content, claimed.conversation.ownership, outcome, received),
            case=news,
            cards=self._cards(news, profile),
            service=received.service if received is not None and not received.again else None,
            left_to_person=outcome is LEFT,
            author=author(inbound.content),
            failure=inbound.content if isinstance(inbound.content, SendFailed) else None,
            event=seen_event(inbound, self._mall_id_of),
            transcript=json.dumps(claimed.body, ensure_ascii=False),
        )

    def _brought(
        self, outcome: Outcome, hand_over: HandOver, claimed: Claimed, received: Received | None
    ) -> Outcome:
        """To our desk, to the platform's own agents, or, where neither serves, to whoever reads cases."""
        if received is not None:
            return brought_to_people(outcome, hand_over, received)
        if self._channels[claimed.conversation.address.channel].hands_over:
            return offered_to_people(outcome, hand_over)
        return outcome

    def _case(self, claimed: Claimed, outcome: Outcome) -> Case | None:
        if outcome.hand_over is None:
            return None
        return open_case(
            outcome.hand_over,
            message=claimed.key,
            conversation_id=claimed.conversation_id,
            now=self._clock.now(),
        )

    async def _received(self, case: Case | None, profile: Profile | None) -> Received | None:
        """None where our desk does not serve: without one, and where the platform's own agents do."""
        if case is None or self._front_desk is None:
            return None
        address = Address.parse(case.conversation_id)
        if address.channel not in CUSTOMERS or self._channels[address.channel].hands_over:
            return None
        return await self._front_desk.receive(case, self._clock.now(), profile)

    def _context_after(self, before: Context, outcome: Outcome, inbound: Inbound) -> Context | None:
        """None leaves it as it was."""
        after = outcome.context or before
        if spoken_text(inbound.content) is not None:
            after = a_message_later(before, after, self._clock.now())
        return outcome.context if after == before else after

    def _cards(self, case: Case | None, profile: Profile | None) -> tuple[Card, ...]:
        if case is None:
            return ()
        told = cards_for(case, self._members, self._clock.now(), profile)
        return tuple(Card(address=address, body=to_stored(reply)) for address, reply in told)

    def _speak(self, claimed: Claimed, outcome: Outcome) -> Finished:
        address = claimed.conversation.address
        channel = self._channels[address.channel]
        said = [
            (item.kind, piece)
            for item in outcome.says
            for piece in _pieces(item.reply, channel.limits.max_text_bytes)
        ]
        # A transfer that is answered passively says nothing about whether anybody is there.
        sayable = bool(said) and not isinstance(said[0][1], TransferReply)
        passive = channel.render_passive(said[0][1], address, self._clock.now()) if sayable else None
        speeches = tuple(Speech(kind=kind, body=to_stored(reply)) for kind, reply in said)
        return Finished(
            claimed=claimed,
            speeches=speeches,
            passive_body=passive,
            facts=outcome.facts,
            question=outcome.question,
            errands=outcome.errands,
            after_sales=openings(claimed.key, outcome, self._clock.now()),
            consents=outcome.consents,
            withdraws_case=outcome.withdraws_case,
            rating=outcome.rating,
        )


def _pieces(reply: Reply, max_bytes: int) -> list[Reply]:
    """A reply as the platform takes it: a long text in several, cut where a reader would cut it.

    Each piece of several leaves room for the note that more is to come.
    """
    if isinstance(reply, MenuReply) and byte_length(reply.as_text()) > max_bytes:
        reply = TextReply(text=reply.as_text())
    if not isinstance(reply, TextReply):
        return [reply]
    whole = byte_length(reply.text) <= max_bytes
    room = max_bytes if whole else max_bytes - byte_length(MORE_TO_COME)
    return [TextReply(text=piece) for piece in split_text(reply.text, room)]


def offered_to_people(outcome: Outcome, hand_over: HandOver) -> Outcome:
    """The transition text becomes a transfer, and is said only when nobody takes the session."""
    transfer = TransferReply(connecting=hand_over.connecting, nobody=promised(outcome))
    kept = tuple(item for item in outcome.says if item.kind is not ReplyKind.TRANSITION)
    return replace(outcome, says=(*kept, Say(reply=transfer, kind=ReplyKind.TRANSITION)))


def promised(outcome: Outcome) -> str:
    """What the handler promises where nobody takes the session at once."""
    return "\n".join(
        item.reply.text
        for item in outcome.says
        if item.kind is ReplyKind.TRANSITION and isinstance(item.reply, TextReply)
    )


def brought_to_people(outcome: Outcome, hand_over: HandOver, received: Received) -> Outcome:
    """What the customer hears instead of the handler's promise: where they stand, or when somebody is there."""
    words = received.text
    if not received.says_all:
        before = hand_over.connecting if received.queues else promised(outcome) + "\n"
        words = before + received.text
    kept = tuple(item for item in outcome.says if item.kind is not ReplyKind.TRANSITION)
    told = (Say(reply=TextReply(text=words), kind=ReplyKind.TRANSITION),) if words else ()
    return replace(outcome, says=(*kept, *told))


def owner_after(
    content: Content, now: Ownership, outcome: Outcome, received: Received | None
) -> Ownership | None:
    """At our desk a customer joins or leaves the queue; elsewhere the platform tells. None: it stays as it is."""
    if received is not None and received.queues and now.owner is Owner.BOT:
        return to_queue(now)
    if outcome.withdraws_case and now.owner is Owner.QUEUE:
        return to_bot(now)
    return new_owner(content, now)


def new_owner(content: Content, now: Ownership) -> Ownership | None:
    """The platform's own agents take, pass on and close sessions; the bot keeps quiet in between."""
    match content:
        case AgentSession(change=AgentSessionChange.CLOSED):
            return to_bot(now) if now.owner is not Owner.BOT else None
        case AgentSession(agent=agent) | AgentSaid(agent=agent):
            return to_agent(now, agent) if now.agent != agent else None
        case _:
            return None


def author(content: Content) -> str:
    """Who is heard, as the transcript names them."""
    return f"agent:{content.agent}" if isinstance(content, AgentSaid) else "customer"
