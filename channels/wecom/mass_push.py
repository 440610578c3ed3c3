"""A mass message from the intention to its receivers: made once, reminded, cancelled, followed."""

from __future__ import annotations

from datetime import datetime

from channels.outcomes import NotSent, OutcomeUnknown, Refused, Sent
from channels.wecom.answers import Failure
from channels.wecom.mass import MassCreated, MassMessage, MassMessages
from channels.wecom.mass_progress import MassState, Receipt, full_this_month
from channels.wecom.mass_store import MassStore, MassTask


class MassPushes:
    """Each push has a ``key`` of ours, which makes it once. Times are given by the caller (business time)."""

    def __init__(self, messages: MassMessages, store: MassStore) -> None:
        self._messages = messages
        self._store = store

    async def full(self, receivers: tuple[str, ...], now: datetime) -> tuple[str, ...]:
        """Receivers who cannot get another mass message this month; leave them out and say so."""
        return full_this_month(receivers, await self._store.received(receivers, now), now)

    async def make(self, key: str, message: MassMessage, now: datetime) -> MassTask | Failure:
        """Asks the members to send ``message``. A key that was begun before is not made again: its task returns.

        NotSent leaves nothing behind: the same key may be tried again. After an unknown outcome the task stays
        ``unknown``, and after a crash ``creating``: the platform may have made it, so somebody has to look.
        """
        if await self._store.begin(key, message, now):
            match await self._messages.create(message):
                case MassCreated() as created:
                    await self._store.created(key, created)
                case NotSent() as failure:
                    await self._store.forget(key)
                    return failure
                case OutcomeUnknown() as failure:
                    await self._store.not_created(key, failure.reason, sure=False)
                    return failure
                case failure:
                    await self._store.not_created(key, failure.reason, sure=True)
                    return failure
        task = await self._store.get(key)
        return task or NotSent(reason="somebody else is just trying the same push")

    async def look(self, key: str, now: datetime) -> MassState | Failure:
        """Asks who has confirmed and what arrived, writes it down, and says how far it has come."""
        task = await self._store.get(key)
        if task is None or task.msgid is None:
            return Refused(reason="no such push, or it was never made")
        members = await self._messages.tasks(task.msgid)
        if isinstance(members, Failure):
            return members
        receipts: list[Receipt] = []
        for member in members:
            if member.confirmed:
                results = await self._messages.results(task.msgid, member.userid)
                if isinstance(results, Failure):
                    return results
                receipts += results
        return await self._store.checked(key, members, receipts, now)

    async def remind(self, key: str, now: datetime) -> Sent | Failure:
        """Reminds whoever has not confirmed."""
        task = await self._store.get(key)
        if task is None or task.msgid is None:
            return Refused(reason="no such push, or it was never made")
        done = await self._messages.remind(task.msgid)
        if isinstance(done, Sent):
            await self._store.reminded(key, now)
        return done

    async def cancel(self, key: str, now: datetime) -> Sent | Failure:
        """Stops what nobody has confirmed yet."""
        task = await self._store.get(key)
        if task is None or task.msgid is None:
            return Refused(reason="no such push, or it was never made")
        done = await self._messages.cancel(task.msgid)
        if isinstance(done, Sent):
            await self._store.cancelled(key, now)
        return done
