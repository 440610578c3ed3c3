"""One customer's session with one account: who serves it and what may still be sent (WeCom 94669, 94677)."""

from __future__ import annotations

from dataclasses import dataclass, field

from simulator.kefu.states import State

LIFE = 48 * 3600.0
"""Seconds without a word of the customer, or since a person took it up again, after which a session has lapsed."""


@dataclass(slots=True, kw_only=True)
class Session:
    """Times in epoch seconds; ``left`` is how many messages the customer's last message still pays for."""

    open_kfid: str
    external_userid: str
    state: State = State.OVER
    servicer: str | None = None
    last_servicer: str | None = None
    """The person who serves or served last."""
    last_words_at: float | None = None
    reopened_at: float | None = None
    """When somebody else than the customer last began the session again."""
    left: int = 0
    lapsed: bool = False
    welcomed_at: float | None = None
    coded: set[State] = field(default_factory=set)
    """States for which this session has given its reply code already."""
    texts: dict[str, str] = field(default_factory=dict)
    """Texts sent by API since the customer's last message, with their msgids."""
    scene: dict[str, object] = field(default_factory=dict)
    """How the customer last came in: scene, scene_param, wechat_channels."""
    entered_at: float | None = None
    rejected: bool = False
    """The servicer takes no messages from this customer."""

    @property
    def key(self) -> tuple[str, str]:
        """Account and customer."""
        return self.open_kfid, self.external_userid

    def settle(self, now: float, life: float = LIFE) -> None:
        """Let the session lapse when its time is over; to be called before anything is read from it."""
        starts = [at for at in (self.last_words_at, self.reopened_at) if at is not None]
        if self.state is not State.OVER and starts and now - max(starts) >= life:
            self.end()
            self.lapsed = True

    def hear(self, now: float, budget: int | None) -> bool:
        """The customer wrote: a new budget (None keeps the old one).

        True when this begins a new session (state OVER becomes NEW).
        """
        self.last_words_at = now
        if budget is not None:
            self.left = budget
            self.texts.clear()
        if self.state is not State.OVER:
            return False
        self.state, self.servicer, self.lapsed = State.NEW, None, False
        self.coded.clear()
        return True

    def change(self, state: State, servicer: str | None = None, *, now: float) -> bool:
        """Set the state; True when this change gives a code (the first to POOL, to HUMAN; each to OVER)."""
        if state is State.OVER:
            self.end()
            return True
        if self.state is State.OVER:
            self.reopened_at = now
        self.state, self.servicer = state, servicer if state is State.HUMAN else None
        self.last_servicer = self.servicer or self.last_servicer
        self.lapsed = False
        first = state in (State.POOL, State.HUMAN) and state not in self.coded
        self.coded.add(state)
        return first

    def end(self) -> None:
        """The session is over."""
        self.state, self.servicer, self.rejected = State.OVER, None, False
        self.coded.clear()

    def wrote_within(self, seconds: float, now: float) -> bool:
        """Whether the customer wrote within that time."""
        return self.last_words_at is not None and now - self.last_words_at < seconds

    def was_welcomed_within(self, seconds: float, now: float) -> bool:
        """Whether a welcome was sent within that time."""
        return self.welcomed_at is not None and now - self.welcomed_at < seconds
