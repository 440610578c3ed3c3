"""The whole state of one simulated account: shoppers, tokens, media, menu, agents, faults, journal."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count

from simulator.agents import AgentDesk
from simulator.clock import OffsetClock
from simulator.corp.world import CorpWorld
from simulator.crypto import MessageCipher, decode_aes_key
from simulator.envelope import Envelope
from simulator.faults import FaultPlan
from simulator.journal import Journal
from simulator.limits import CallLimits
from simulator.media import MediaShelf
from simulator.quota import DEFAULT_ALLOWANCES
from simulator.settings import Settings
from simulator.shoppers import Line, Route, Shopper, ShopperBook
from simulator.tokens import TokenPolicy, TokenService

FAILURE_NOTICE = "该公众号提供的服务出现故障，请稍后再试"
"""What the platform shows to a shopper when the account does not answer properly."""

_VIOLATIONS_KEPT = 1000


@dataclass(slots=True, kw_only=True)
class Knobs:
    """What the control API may turn while the simulator runs; times in seconds before scaling."""

    callback_url: str
    response_timeout: float
    attempts: int
    retry_non_200: bool
    timeout_scale: float
    order: str
    verified: bool

    @property
    def patience(self) -> float:
        """Real seconds to wait for the bot's answer, and between the starts of two attempts."""
        return self.response_timeout * self.timeout_scale


@dataclass(slots=True)
class Violations:
    """What the bot did that it should not do: counts for ever, details of the newest."""

    counts: Counter[str] = field(default_factory=Counter)
    newest: deque[Mapping[str, object]] = field(default_factory=lambda: deque(maxlen=_VIOLATIONS_KEPT))

    def clear(self) -> None:
        """Forget them."""
        self.counts.clear()
        self.newest.clear()


class World:
    """Holds the parts together; what they do with each other is said in the modules that use it."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.clock = OffsetClock(settings.clock_offset_file)
        self.journal = Journal(self.clock.now, capacity=settings.log_entries)
        self.shoppers = ShopperBook(
            app_id=settings.app_id,
            allowances=dict(DEFAULT_ALLOWANCES),
            capacity=settings.max_shoppers,
            lines_kept=settings.lines_kept,
        )
        self.tokens = TokenService(
            app_id=settings.app_id, app_secret=settings.app_secret, policy=TokenPolicy()
        )
        self.envelope = envelope_of(settings)
        self.faults = FaultPlan(seed=settings.seed)
        self.limits = CallLimits()
        self.media = MediaShelf()
        self.agents = AgentDesk()
        self.menu: dict[str, object] | None = None
        self.violations = Violations()
        self.knobs = knobs_of(settings)
        self.base_url = f"http://{settings.host}:{settings.port}"
        self._msg_ids = count((time.time_ns() // 1_000_000) << 20)
        self._push_ids = count(1)
        self.corp = self._corp()

    def _corp(self) -> CorpWorld | None:
        settings = self.settings.corp
        if settings is None:
            return None
        return CorpWorld(settings, clock=self.clock, journal=self.journal, violate=self.violate)

    def next_msg_id(self) -> str:
        """A 64-bit id that no earlier run of the simulator has used."""
        return str(next(self._msg_ids))

    def next_push_id(self) -> str:
        """A short id for one callback with all its attempts."""
        return f"p{next(self._push_ids)}"

    def note(
        self,
        shopper: Shopper,
        route: Route,
        kind: str,
        content: Mapping[str, object],
        *,
        msg_id: str | None = None,
        attempt: int | None = None,
    ) -> Line:
        """Write a line into a shopper's transcript and into the journal."""
        line = shopper.add(route, kind, content, at=self.clock.now(), msg_id=msg_id, attempt=attempt)
        if not line.said:
            shopper.typing_until = 0.0
        self.journal.append("said" if line.said else "heard", shopper.id, line=line.as_json())
        return line

    def violate(self, code: str, *, shopper: str | None = None, detail: str = "") -> None:
        """Record that the bot broke a rule."""
        self.violations.counts[code] += 1
        entry = self.journal.append("violation", shopper, code=code, detail=detail)
        self.violations.newest.append(entry.as_json())

    def reset(self) -> None:
        """Start again: nobody known, nothing sent, no tokens, no faults, settings as at the start.

        The clock keeps its offset, because the bot reads it too; menus and agents go as well.
        """
        self.shoppers.clear()
        self.tokens.forget()
        self.tokens.policy = TokenPolicy()
        self.faults.replace((), seed=self.settings.seed)
        self.limits.clear()
        self.media.clear()
        self.agents.clear()
        self.menu = None
        self.violations.clear()
        self.knobs = knobs_of(self.settings)
        if self.corp is not None:
            self.corp.reset()
        self.journal.clear()
        self.journal.append("reset")


def knobs_of(settings: Settings) -> Knobs:
    """The knobs as the settings have them."""
    return Knobs(
        callback_url=settings.callback_url,
        response_timeout=settings.response_timeout,
        attempts=settings.attempts,
        retry_non_200=settings.retry_non_200,
        timeout_scale=settings.timeout_scale,
        order=settings.order,
        verified=settings.verified,
    )


def envelope_of(settings: Settings) -> Envelope:
    """How callbacks of this account are signed and sealed."""
    key = settings.aes_key
    cipher = MessageCipher(key=decode_aes_key(key), receive_id=settings.app_id) if key else None
    return Envelope(token=settings.token, cipher=cipher, mode=settings.mode, body_format=settings.format)
