"""Whatever is queued and however sends end: never more than the window allows, order kept, nothing lost or doubled."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import Enum, auto

from hypothesis import given
from hypothesis import strategies as st

from bot.sending import MORE_TO_COME, Defer, Hold, Queued, Send, plan
from channels.limits import KEFU_LIMITS, MEMBER_LIMITS, OFFICIAL_LIMITS, ReplyLimits, Window
from channels.text import byte_length
from conversations.inbound import Trigger
from conversations.ownership import Ownership
from conversations.replies import ImageReply, Reply, ReplyKind, TextReply, TransferReply

START = datetime(2026, 11, 3, 4, 0, tzinfo=UTC)
MOST = OFFICIAL_LIMITS.max_text_bytes

replies: st.SearchStrategy[Reply] = st.one_of(
    st.integers(1, MOST // 3).map(lambda length: TextReply(text="字" * length)),
    st.sampled_from(["好", "在的", "a" * MOST, "b" * (MOST - 53)]).map(lambda text: TextReply(text=text)),
    st.sampled_from([ImageReply(media_id="m"), TransferReply(connecting="正在为您转接～")]),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    kind: ReplyKind
    reply: Reply
    stale: bool


@dataclass(frozen=True, slots=True)
class PersonActs:
    trigger: Trigger


@dataclass(frozen=True, slots=True)
class TimePasses:
    seconds: int


class Fate(Enum):
    """How one attempt ends. Of the lost ones nobody tells us which it was."""

    SENT = auto()
    LOST_AFTER = auto()
    LOST_BEFORE = auto()
    NOT_SENT = auto()


Happening = Added | PersonActs | TimePasses

additions = st.builds(
    Added, kind=st.sampled_from(ReplyKind), reply=replies, stale=st.sampled_from([False, False, False, True])
)
acts = st.sampled_from([Trigger.MESSAGE, Trigger.MENU_CLICK, Trigger.FOLLOW]).map(PersonActs)
pauses = st.sampled_from([1, 3, 61, 3600, 49 * 3600]).map(TimePasses)
stories: st.SearchStrategy[list[Happening]] = st.lists(
    st.one_of(additions, additions, acts, pauses), max_size=40
)
fates = st.lists(st.sampled_from([*Fate, Fate.SENT]), max_size=20)


@dataclass(slots=True, kw_only=True)
class Room:
    """A conversation played through: what is queued, the windows, and what was said into each.

    ``fates`` end the first attempts; the others succeed. ``heard`` are the replies that reached the person, in order.
    """

    limits: ReplyLimits = OFFICIAL_LIMITS
    idempotent: bool = False
    fates: Iterator[Fate] = field(default_factory=lambda: iter(()))
    now: datetime = START
    queue: list[Queued] = field(default_factory=list)
    windows: dict[Trigger, Window] = field(default_factory=dict)
    sent: list[int] = field(default_factory=list)
    heard: list[int] = field(default_factory=list)
    withheld: list[int] = field(default_factory=list)
    known: dict[str, Sequence[int]] = field(default_factory=dict)
    attempted: dict[str, Sequence[int]] = field(default_factory=dict)
    added: int = 0
    by_people: set[int] = field(default_factory=set)

    def in_order(self, ids: Sequence[int]) -> bool:
        """People's words among themselves, and what the bot says among itself."""
        people = [each for each in ids if each in self.by_people]
        others = [each for each in ids if each not in self.by_people]
        return people == sorted(people) and others == sorted(others)

    def play(self, step: Happening) -> None:
        match step:
            case Added(kind=kind, reply=reply, stale=stale):
                self.added += 1
                if kind is ReplyKind.PERSON:
                    self.by_people.add(self.added)
                self.queue.append(
                    Queued(
                        outbox_id=self.added,
                        kind=kind,
                        reply=reply,
                        epoch=0 if stale else 1,
                        queued_at=self.now,
                    )
                )
            case PersonActs(trigger=trigger):
                self.windows[trigger] = Window(trigger=trigger, opened_at=self.now, used=0)
            case TimePasses(seconds=seconds):
                self.now += timedelta(seconds=seconds)

    def deliver(self, *, more_coming: bool) -> None:
        """Does what the plan says until it says wait."""
        for _ in range(len(self.queue) + 25):
            decided = plan(
                self.queue,
                ownership=Ownership(epoch=1),
                windows=list(self.windows.values()),
                limits=self.limits,
                now=self.now,
                more_coming=more_coming,
                repeats_are_known=self.idempotent,
            )
            self.withheld.extend(decided.withheld)
            self.queue = [item for item in self.queue if item.outbox_id not in decided.withheld]
            match decided.step:
                case Send():
                    self._send(decided.step)
                case Hold(until=until):
                    assert until > self.now
                    return
                case Defer() | None:
                    return
        raise AssertionError("the plan never comes to an end")

    def _send(self, step: Send) -> None:
        carried = [item for item in self.queue if item.outbox_id in step.outbox_ids]
        assert step.outbox_ids == tuple(item.outbox_id for item in carried), "out of order, or not queued"
        head = carried[0]
        before = self.queue[: self.queue.index(head)]
        people_first = head.kind is ReplyKind.PERSON and not _of_people(before)
        assert not before or people_first, "somebody was overtaken"
        self._check_words(step, carried)
        self._charge(step, head)
        key = head.send_key if head.in_flight and head.send_key else f"k{head.outbox_id}"
        if head.in_flight:
            waiting = {item.outbox_id for item in self.queue}
            went = tuple(outbox_id for outbox_id in self.attempted[key] if outbox_id in waiting)
            assert step.outbox_ids == went, "repeated in another way than it went"
        self.attempted[key] = step.outbox_ids
        fate = next(self.fates, Fate.SENT)
        if fate in (Fate.SENT, Fate.LOST_AFTER):
            self._reaches(key, step.outbox_ids)
        match fate:
            case Fate.SENT:
                self.sent.extend(step.outbox_ids)
                self.queue = [item for item in self.queue if item not in carried]
            case Fate.LOST_AFTER | Fate.LOST_BEFORE:
                self._replace(carried, key, in_flight=True)
            case Fate.NOT_SENT:
                self._replace(carried, key, in_flight=False)
                if step.trigger is not None:
                    window = self.windows[step.trigger]
                    self.windows[step.trigger] = replace(window, used=window.used - 1)

    def _replace(self, carried: list[Queued], key: str, *, in_flight: bool) -> None:
        self.queue = [
            replace(item, in_flight=item.in_flight or in_flight, send_key=key) if item in carried else item
            for item in self.queue
        ]

    def _reaches(self, key: str, ids: Sequence[int]) -> None:
        if self.idempotent and key in self.known:
            assert set(ids) <= set(self.known[key]), "another message under a name that was used"
            return
        self.known[key] = ids
        self.heard.extend(ids)

    def _charge(self, step: Send, head: Queued) -> None:
        if step.trigger is None:
            repeated = self.idempotent and head.in_flight
            assert self.limits.free or repeated or isinstance(head.reply, TransferReply), "said for nothing"
            return
        window = self.windows[step.trigger]
        limit = self.limits.windows[step.trigger]
        assert limit.count is not None
        assert self.now < window.opened_at + limit.lasts, "said into a window that is closed"
        by_person = head.kind is ReplyKind.PERSON
        kept = self.limits.reserved_for_people if limit.reserves and not by_person else 0
        assert window.used + 1 <= limit.count - kept, "said more than the window allows"
        self.windows[step.trigger] = replace(window, used=window.used + 1)

    def _check_words(self, step: Send, carried: list[Queued]) -> None:
        if not isinstance(step.reply, TextReply):
            assert [item.reply for item in carried] == [step.reply]
            return
        assert byte_length(step.reply.text) <= MOST
        texts = [item.reply.text for item in carried if isinstance(item.reply, TextReply)]
        assert len(texts) == len(carried)
        assert step.reply.text.removesuffix(MORE_TO_COME) == "\n\n".join(texts)


def _of_people(items: Sequence[Queued]) -> bool:
    return any(item.kind is ReplyKind.PERSON for item in items)


CHANNELS = st.sampled_from([(OFFICIAL_LIMITS, False), (KEFU_LIMITS, True), (MEMBER_LIMITS, True)])


@given(story=stories, more_coming=st.booleans(), channel=CHANNELS, ends=fates)
def test_any_story_keeps_the_limits_and_the_order_and_loses_nothing(
    story: list[Happening], more_coming: bool, channel: tuple[ReplyLimits, bool], ends: list[Fate]
) -> None:
    limits, idempotent = channel
    room = Room(limits=limits, idempotent=idempotent, fates=iter(ends))
    room.play(PersonActs(Trigger.MESSAGE))
    for step in story:
        room.play(step)
        if not isinstance(step, Added):  # so that several wait at once
            room.deliver(more_coming=more_coming)
    room.deliver(more_coming=more_coming)

    waiting = [item.outbox_id for item in room.queue]
    assert sorted([*room.sent, *room.withheld, *waiting]) == list(range(1, room.added + 1))
    assert room.in_order(room.sent)
    assert set(room.sent) <= set(room.heard), "counted as said and never heard"


@given(story=stories, ends=fates)
def test_where_repeats_are_known_nobody_hears_anything_twice_or_out_of_order(
    story: list[Happening], ends: list[Fate]
) -> None:
    room = Room(limits=KEFU_LIMITS, idempotent=True, fates=iter(ends))
    for step in story:
        room.play(step)
        if not isinstance(step, Added):
            room.deliver(more_coming=False)
    room.deliver(more_coming=False)

    assert len(room.heard) == len(set(room.heard))
    assert room.in_order(room.heard)


@given(story=stories, channel=CHANNELS, ends=fates)
def test_whoever_keeps_writing_hears_everything_in_the_end(
    story: list[Happening], channel: tuple[ReplyLimits, bool], ends: list[Fate]
) -> None:
    limits, idempotent = channel
    room = Room(limits=limits, idempotent=idempotent, fates=iter(ends))
    for step in story:
        room.play(step)
        room.deliver(more_coming=False)
    for _ in range(room.added + len(ends)):
        room.play(TimePasses(5))
        room.play(PersonActs(Trigger.MESSAGE))
        room.deliver(more_coming=False)

    assert room.queue == []
    assert sorted(set(room.heard) | set(room.withheld)) == list(range(1, room.added + 1))


@given(lengths=st.lists(st.integers(1, MOST), min_size=1, max_size=8))
def test_no_text_in_the_last_slot_is_longer_than_the_platform_takes(lengths: list[int]) -> None:
    room = Room()
    room.windows[Trigger.MESSAGE] = Window(trigger=Trigger.MESSAGE, opened_at=START, used=1)
    for length in lengths:
        room.play(Added(kind=ReplyKind.CHAT, reply=TextReply(text="a" * length), stale=False))

    room.deliver(more_coming=False)

    assert room.sent
