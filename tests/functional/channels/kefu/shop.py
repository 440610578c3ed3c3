"""Our 微信客服 channel in front of a running simulator."""

from __future__ import annotations

from dataclasses import dataclass

from channels.kefu.adapter import KefuChannel
from channels.kefu.client import KefuClient
from channels.kefu.items import key_of
from channels.kefu.pages import Page
from channels.outcomes import (
    SendOutcome,
)
from conversations.address import Address
from conversations.inbound import (
    Content,
    Inbound,
)
from conversations.replies import Reply, TextReply
from tests.functional.simulator.corp_bot import (
    ACCOUNT,
    CorpClient,
)
from tests.patience import PATIENCE
from tests.unit.channels.kefu.platform import MemorySessions

HELLO = TextReply(text="您好")


@dataclass
class Shop:
    """Our channel, its client, and the other side: customers, servicers, the clock."""

    corp: CorpClient
    client: KefuClient
    channel: KefuChannel
    sessions: MemorySessions
    cursor: str = ""

    async def pull(self) -> list[Inbound]:
        """Everything new, as our channel reads it, by the newest bell; pages are taken while there is more."""
        await self.corp.sim("POST", f"settle?timeout={PATIENCE}")
        found: list[Inbound] = []
        while True:
            page = await self.client.sync(ACCOUNT, self.cursor, self.corp.bot.bells()[-1][0])
            assert isinstance(page, Page)
            found += [self.channel.read(item, key_of(item, ACCOUNT)) for item in page.items]
            self.cursor = page.next_cursor
            if not page.has_more:
                return found

    async def contents(self) -> list[Content]:
        return [inbound.content for inbound in await self.pull()]

    async def begins(self, customer: str = "c1") -> Address:
        """The customer writes, and we read it."""
        await self.corp.act(customer, "say", text="你好")
        (*_, last) = await self.pull()
        return last.address

    async def send(self, reply: Reply, to: Address, key: str = "k") -> SendOutcome:
        return await self.channel.send(reply, to, key=key)

    async def stops(self, *userids: str) -> None:
        for userid in userids:
            await self.corp.sim("PUT", f"kefu/servicers/{userid}", {"receiving": False})

    async def violations(self) -> dict[str, int]:
        return await self.corp.client.violations()

    async def fault(self, path: str, kind: str, **more: object) -> None:
        rule = {"side": "api", "path": path, "kind": kind, "count": 1, **more}
        await self.corp.sim("PUT", "faults", {"rules": [rule]})
