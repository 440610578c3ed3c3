"""Keeps customers' tags in step with WeCom's: finds whom to look at, and looks at some of them each round."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog

from customers.identity.identifier import Identifier, IdentifierKind
from customers.identity.store import IdentityStore
from customers.profile.store import profiles_of
from customers.waiting import put_waiting
from customers.wecom_tags import finding, waiting
from customers.wecom_tags.bringing import Bringer
from customers.wecom_tags.port import NotNow, WecomTags
from customers.wecom_tags.store import Seen, seen_of, write_look
from customers.wecom_tags.waiting import TAG_LIST, Taken
from storage.database import Database
from storage.times import now_ms as real_now_ms

log = structlog.get_logger()

DEFAULT_GROUP = "店小二"
_AT_ONCE = 20
_REFUSED_IN_A_ROW = 3
"""One customer may be refused for a reason of its own; so many say that it is the platform."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Customer:
    """``by_rules``: None while nobody has judged the customer."""

    identity_id: int
    by_rules: tuple[str, ...] | None
    seen: Seen


class TagKeeper:
    """Several processes may work at once: each customer is one's, and what is done twice changes nothing."""

    def __init__(
        self,
        database: Database,
        wecom: WecomTags,
        *,
        group: str = DEFAULT_GROUP,
        now_ms: Callable[[], int] = real_now_ms,
    ) -> None:
        self._database = database
        self._wecom = wecom
        self._group = group
        self._bringer = Bringer(wecom, group)
        self._identities = IdentityStore(None)
        self._now_ms = now_ms
        self._rest_until_ms = 0

    async def round(self) -> int:
        """Returns how much there was to do; 0: nothing, or the platform wants us to wait.

        With nothing to do it goes on with the walk through all customers, for which there is no hurry.
        """
        now = self._now_ms()
        if now < self._rest_until_ms:
            return 0
        changes = await self._follow_history(now)
        taken = await self._take(now)
        self._bringer.list_again()
        await self._look_at(taken)
        if not changes and not taken:
            await self._walk(now)
        return changes + len(taken)

    async def _follow_history(self, now: int) -> int:
        async with self._database.reading() as connection:
            if not await finding.tags_changed(connection):
                return 0
        async with self._database.writing() as connection:
            return await finding.follow_history(connection, now)

    async def _walk(self, now: int) -> None:
        async with self._database.reading() as connection:
            if await finding.walk_rests(connection, now):
                return
        async with self._database.writing() as connection:
            await finding.walk(connection, now)

    async def _take(self, now: int) -> Sequence[Taken]:
        async with self._database.reading() as connection:
            if not await waiting.anybody_due(connection, now):
                return []
        async with self._database.writing() as connection:
            return await waiting.take(connection, _AT_ONCE, now)

    async def _look_at(self, taken: Sequence[Taken]) -> None:
        in_a_row = 0
        for place, each in enumerate(taken):
            trouble = await self._look(each)
            if trouble is None:
                in_a_row = 0
                continue
            in_a_row += 1
            stops = in_a_row == _REFUSED_IN_A_ROW
            due = self._now_ms() + round(trouble.seconds * 1000)
            async with self._database.writing() as connection:
                for put_off in taken[place:] if stops else [each]:
                    await waiting.put_off(connection, put_off, due)
            if stops:
                log.warning("wecom_tags.waits", reason=trouble.reason, seconds=trouble.seconds)
                self._rest_until_ms = due
                return

    async def _look(self, taken: Taken) -> NotNow | None:
        if taken.external_userid == TAG_LIST:
            return await self._tags_renamed(taken)
        followers = await self._wecom.followers(taken.external_userid)
        if isinstance(followers, NotNow):
            return followers
        customer = await self._customer(taken.external_userid, make=bool(followers))
        if customer is None:
            async with self._database.writing() as connection:
                await waiting.done(connection, taken)
            return None
        look = await self._bringer.bring(
            customer.identity_id, taken.external_userid, followers, customer.by_rules, customer.seen
        )
        if isinstance(look, NotNow):
            return look
        async with self._database.writing() as connection:
            if await waiting.done(connection, taken):
                await write_look(connection, customer.identity_id, look, self._group, self._now_ms())
        return None

    async def _customer(self, external_userid: str, *, make: bool) -> _Customer | None:
        """None for somebody unknown, unless ``make``: then the customer is made, and judged soon."""
        who = Identifier(IdentifierKind.EXTERNAL_USERID, external_userid)
        async with self._database.reading() as connection:
            known = await self._identities.find(connection, who)
            if known is not None:
                profile = (await profiles_of(connection, [known.customer_id])).get(known.customer_id)
                return _Customer(
                    identity_id=known.identity_id,
                    by_rules=None if profile is None else tuple(tag.name for tag in profile.tags),
                    seen=await seen_of(connection, known.identity_id),
                )
        if not make:
            return None
        now = self._now_ms()
        async with self._database.writing() as connection:
            made = (await self._identities.resolve(connection, [who], now))[who]
            await put_waiting(connection, [made.customer_id], now)
        return _Customer(identity_id=made.identity_id, by_rules=None, seen={})

    async def _tags_renamed(self, taken: Taken) -> NotNow | None:
        listed = await self._bringer.listed()
        if isinstance(listed, NotNow):
            return listed
        now = self._now_ms()
        async with self._database.writing() as connection:
            gone = await finding.forget_vanished(connection, listed, now)
            if gone is None:
                await waiting.done(connection, taken)
            else:
                await waiting.put_off(connection, taken, now)
        if gone is not None and gone.group == self._group:
            log.info("wecom_tags.deleted_by_a_person", group=gone.group, tag=gone.name)
        return None
