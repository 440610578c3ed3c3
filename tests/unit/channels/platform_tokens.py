"""A platform's token service for tests: counts what it is asked, and can be slow, stubborn or away."""

import asyncio
from dataclasses import dataclass, field

from channels.tokens import CredentialRefused, FetchedToken
from conversations.errors import Transient


@dataclass
class Seconds:
    """Real time that stands still until a test moves it."""

    now: float = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class PlatformTokens:
    """Like stable_token: the same token until it is forced or has ended; each keeper calls it as its ``Fetch``."""

    clock: Seconds
    life: float = 7200.0
    slow: float = 0.0
    problem: Transient | CredentialRefused | None = None
    stubborn: bool = False
    asked: list[bool] = field(default_factory=list)
    number: int = 1
    ends: float = 0.0

    async def __call__(self, force: bool) -> FetchedToken:
        self.asked.append(force)
        await asyncio.sleep(self.slow)
        if self.problem is not None:
            raise self.problem
        if (force and not self.stubborn) or (self.ends and self.ends - self.clock.now <= 300):
            self.number += 1
            self.ends = 0.0
        self.ends = self.ends or self.clock.now + self.life
        return FetchedToken(token=f"token-{self.number}", expires_in=self.ends - self.clock.now)
