"""Calls a running simulator as a bot of the corp and as a test would."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp

from simulator.app import serve
from simulator.settings import Settings
from tests.functional.simulator.staff_bot import AGENT_ID, CORP_ID, SECRET
from tests.patience import PATIENCE

Json = dict[str, object]


@dataclass(slots=True)
class StaffClient:
    """Addresses of the control API and of the corp's API, and the token in use."""

    url: str
    corp_url: str
    session: aiohttp.ClientSession
    token: str = ""

    async def sim(self, method: str, path: str, data: object = None, *, status: int = 200) -> Json:
        """A call of the control API that must answer with the given status."""
        async with self.session.request(method, f"{self.url}/_sim/{path}", json=data) as response:
            answer = await response.json()
            assert response.status == status, answer
            assert isinstance(answer, dict)
            return answer

    async def api(self, method: str, path: str, data: object = None, **query: str) -> Json:
        """A call of the corp's API; HTTP is always 200."""
        body = None if data is None else json.dumps(data, ensure_ascii=False).encode()
        asked = {**query, "access_token": self.token} if self.token else query
        async with self.session.request(
            method, f"{self.corp_url}/cgi-bin/{path}", data=body, params=asked
        ) as response:
            assert response.status == 200
            answer = await response.json()
            assert isinstance(answer, dict)
            return answer

    async def code(self, path: str, data: object, **query: str) -> object:
        """The errcode of a POST."""
        return (await self.api("POST", path, data, **query))["errcode"]

    async def log_in(self) -> None:
        """Fetch a token for all later calls."""
        self.token = ""
        answer = await self.api("GET", "gettoken", corpid=CORP_ID, corpsecret=SECRET)
        self.token = str(answer["access_token"])

    async def send(self, kind: str, body: object, to: str = "zhangsan", **more: object) -> Json:
        """message/send."""
        data = {"touser": to, "msgtype": kind, "agentid": AGENT_ID, kind: body, **more}
        return await self.api("POST", "message/send", data)

    async def upload(self, path: str, name: str, content: bytes, kind: str, **query: str) -> Json:
        """A multipart upload."""
        form = aiohttp.FormData()
        form.add_field("media", content, filename=name, content_type=kind)
        asked = {**query, "access_token": self.token}
        async with self.session.post(f"{self.corp_url}/cgi-bin/{path}", data=form, params=asked) as response:
            assert response.status == 200
            answer = await response.json()
            assert isinstance(answer, dict)
            return answer

    async def phone(self, userid: str) -> list[Json]:
        """What a member has heard, once nothing is under way any more."""
        await self.settle()
        answer = await self.sim("GET", f"corpapp/members/{userid}")
        lines = answer["lines"]
        assert isinstance(lines, list)
        return [line for line in lines if line["direction"] == "heard"]

    async def settle(self) -> None:
        """Wait until nothing is under way."""
        await self.sim("POST", f"settle?timeout={PATIENCE}")

    async def violations(self) -> dict[str, int]:
        """How often each rule was broken."""
        counts = (await self.sim("GET", "invariants"))["counts"]
        assert isinstance(counts, dict)
        return counts


@asynccontextmanager
async def running_staff(settings: Settings) -> AsyncIterator[StaffClient]:
    """A simulator with its corp that serves within the block; the client has a token."""
    stop, ready = asyncio.Event(), asyncio.get_running_loop().create_future()
    server = asyncio.create_task(serve(settings, ready.set_result, stop))
    addresses = await asyncio.wait_for(ready, PATIENCE)
    async with aiohttp.ClientSession() as session:
        client = StaffClient(addresses.url, addresses.corp_url or "", session)
        await client.log_in()
        yield client
    stop.set()
    await asyncio.wait_for(server, PATIENCE)
