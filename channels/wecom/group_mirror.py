"""Keeps the mirror of customer groups true: applies events, reads what they do not tell, finds what was missed."""

from __future__ import annotations

from collections.abc import Mapping

from channels.outcomes import Refused
from channels.wecom.answers import Failure
from channels.wecom.group_store import GroupStore
from channels.wecom.groups import CustomerGroups
from channels.wecom.roster import read_change

_AT_ONCE = 20


class GroupMirror:
    """``heard`` at each callback, ``catch_up`` soon after one and by the minute, ``reconcile`` once a day."""

    def __init__(self, groups: CustomerGroups, store: GroupStore) -> None:
        self._groups = groups
        self._store = store

    async def heard(self, fields: Mapping[str, object]) -> bool:
        """Applies a callback's fields; True when ``catch_up`` has something to read. Other events: False."""
        change = read_change(fields)
        return change is not None and await self._store.apply(change)

    async def catch_up(self, limit: int = _AT_ONCE) -> Failure | None:
        """Reads what must be read again, ``limit`` groups at most; returns the failure that stopped it, if any.

        A group that the platform refuses to show (dismissed, or not ours any more) is gone.
        """
        for chat_id, changes in await self._store.to_read(limit):
            roster = await self._groups.get(chat_id)
            if isinstance(roster, Refused):
                await self._store.gone(chat_id)
            elif isinstance(roster, Failure):
                return roster
            else:
                await self._store.save(roster, changes)
        return None

    async def reconcile(self, owners: tuple[str, ...] = ()) -> Failure | None:
        """Notes every group that the platform lists, so that those whose events were lost are read."""
        listed = await self._groups.list(owners)
        if isinstance(listed, Failure):
            return listed
        for group in listed:
            await self._store.note(group.chat_id)
        return None
