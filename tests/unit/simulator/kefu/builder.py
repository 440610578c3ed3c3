"""A world of 微信客服 without any server, with a clock that a test moves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from simulator.corp.knobs import CorpKnobs
from simulator.corp.members import Members
from simulator.journal import Journal
from simulator.kefu.accounts import Account
from simulator.kefu.world import KefuWorld, Surroundings
from simulator.media import MediaShelf

ACCOUNT = "wk1"


@dataclass(slots=True)
class Bench:
    """The world, what it told the bot, and what the bot did wrong."""

    kefu: KefuWorld = field(init=False)
    now: float = 1_700_000_000.0
    told: list[Mapping[str, object]] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.kefu = KefuWorld(
            Surroundings(
                corp_id="ww1",
                now=lambda: self.now,
                knobs=CorpKnobs(callback_url="http://127.0.0.1/"),
                members=Members(["zhangsan", "lisi", "wangwu"]),
                media=MediaShelf(),
                journal=Journal(lambda: datetime.fromtimestamp(self.now, UTC)),
                violate=self._violate,
                tell=self.told.append,
            ),
            accounts=[f"{ACCOUNT}:小店"],
            servicers=["zhangsan", "lisi"],
        )

    @property
    def account(self) -> Account:
        """The only account."""
        return self.kefu.accounts.look(ACCOUNT)

    def _violate(self, code: str, *, shopper: str | None = None, detail: str = "") -> None:
        self.violations.append(code)
