"""Whatever is queued: never more than the window allows, order kept, nothing lost, no text too long."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.sending import MORE_TO_COME, Defer, Hold, Queued, Send, plan
from channels.limits import OFFICIAL_LIMITS, Window
from channels.text import byte_length
from conversations.inbound import Trigger
from conversations.ownership import Ownership
from conversations.replies import ImageReply, Reply, ReplyKind, TextReply

START = datetime(2026, 11, 3, 4, 0, tzinfo=UTC)
MOST = OFFICIAL_LIMITS.max_text_bytes

replies: st.SearchStrategy[Reply] = st.one_of(
    st.integers(1, MOST // 3).map(lambda length: TextReply(text="字" * length)),
    st.sampled_from(["好", "在的", "a" * MOST, "b" * (MOST - 53)]).map(lambda text: TextReply(text=text)),
    st.just(ImageReply(media_id="m")),
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


additions = st.builds(
    Added, kind=st.sampled_from(ReplyKind), reply=replies, stale=st.sampled_from([False, False, False, True])
)
acts = st.sampled_from([Trigger.MESSAGE, Trigger.MENU_CLICK, Trigger.FOLLOW]).map(PersonActs)
pauses = st.sampled_from([1, 3, 61, 3600, 49 * 3600]).map(TimePasses)
stories = st.lists(st.one_of(additions, additions, acts, pauses), max_size=40)


@dataclass(slots=True)
class Room:
    """A conversation played through: what is queued, the windows, and what was said into each."""

    now: datetime = START
    queue: list[Queued] = field(default_factory=list)
    windows: dict[Trigger, Window] = field(default_factory=dict)
    sent: list[int] = field(default_factory=list)
    withheld: list[int] = field(default_factory=list)
    added: int = 0

    def play(self, step: Added | PersonActs | TimePasses) -> None:
        match step:
            case Added(kind=kind, reply=reply, stale=stale):
                self.added += 1
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
        for _ in range(len(self.queue) + 2):
            decided = plan(
                self.queue,
                ownership=Ownership(epoch=1),
                windows=list(self.windows.values()),
                limits=OFFICIAL_LIMITS,
                now=self.now,
                more_coming=more_coming,
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
        first = self.queue[: len(step.outbox_ids)]
        assert step.outbox_ids == tuple(item.outbox_id for item in first), (
            "out of order, or not from the queue"
        )
        self._check_words(step, first)
        window = self.windows[step.trigger]
        limit = OFFICIAL_LIMITS.windows[step.trigger]
        assert self.now < window.opened_at + limit.lasts, "said into a window that is closed"
        kept = OFFICIAL_LIMITS.reserved_for_people if limit.reserves else 0
        assert window.used + 1 <= limit.count - kept, "said more than the window allows the bot"
        self.windows[step.trigger] = replace(window, used=window.used + 1)
        self.sent.extend(step.outbox_ids)
        self.queue = self.queue[len(first) :]

    def _check_words(self, step: Send, carried: list[Queued]) -> None:
        if not isinstance(step.reply, TextReply):
            assert [item.reply for item in carried] == [step.reply]
            return
        assert byte_length(step.reply.text) <= MOST
        texts = [item.reply.text for item in carried if isinstance(item.reply, TextReply)]
        assert len(texts) == len(carried)
        assert step.reply.text.removesuffix(MORE_TO_COME) == "\n\n".join(texts)


@given(story=stories, more_coming=st.booleans())
def test_any_story_keeps_the_limits_and_the_order_and_loses_nothing(
    story: list[Added | PersonActs | TimePasses], more_coming: bool
) -> None:
    room = Room()
    room.play(PersonActs(Trigger.MESSAGE))
    for step in story:
        room.play(step)
        if not isinstance(step, Added):  # so that several wait at once
            room.deliver(more_coming=more_coming)
    room.deliver(more_coming=more_coming)

    waiting = [item.outbox_id for item in room.queue]
    assert sorted([*room.sent, *room.withheld, *waiting]) == list(range(1, room.added + 1))
    assert room.sent == sorted(room.sent)


@given(story=stories)
def test_whoever_keeps_writing_hears_everything_in_the_end(
    story: list[Added | PersonActs | TimePasses],
) -> None:
    room = Room()
    for step in story:
        room.play(step)
        room.deliver(more_coming=False)
    for _ in range(room.added):
        room.play(TimePasses(5))
        room.play(PersonActs(Trigger.MESSAGE))
        room.deliver(more_coming=False)

    assert room.queue == []


@given(lengths=st.lists(st.integers(1, MOST), min_size=1, max_size=8))
def test_no_text_in_the_last_slot_is_longer_than_the_platform_takes(lengths: list[int]) -> None:
    room = Room()
    room.windows[Trigger.MESSAGE] = Window(trigger=Trigger.MESSAGE, opened_at=START, used=1)
    for length in lengths:
        room.play(Added(kind=ReplyKind.CHAT, reply=TextReply(text="a" * length), stale=False))

    room.deliver(more_coming=False)

    assert room.sent
