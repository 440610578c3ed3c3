"""The control API: everything that the page can do, for tests and for curl (docs/simulator.md)."""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Mapping

from aiohttp import web

from simulator import knobs
from simulator.errcodes import ApiError
from simulator.faults import KINDS, BadRule, read_rule
from simulator.menus import check_menu
from simulator.pusher import Pusher
from simulator.requests_in import BadRequest, json_object, json_response, number, whole
from simulator.world import World

_EVENT_PAUSE = 0.08
_EVENT_BATCH = 250
_HEARTBEAT = 15.0
_SECONDS_A_CENTURY = 3.2e9


class Control:
    """Handlers below ``/_sim`` that concern the platform as a whole."""

    def __init__(self, world: World, pusher: Pusher) -> None:
        self._world = world
        self._pusher = pusher
        self._corp = world.corp
        self._streams: set[asyncio.Task[object]] = set()

    def add_to(self, app: web.Application) -> None:
        """Register the paths."""
        add = app.router.add_route
        add("GET", "/_sim/state", self.state)
        add("GET", "/_sim/log", self.log)
        add("GET", "/_sim/events", self.events)
        add("GET", "/_sim/invariants", self.invariants)
        add("GET", "/_sim/faults", self.faults)
        add("PUT", "/_sim/faults", self.set_faults)
        add("POST", "/_sim/faults", self.add_fault)
        add("DELETE", "/_sim/faults", self.clear_faults)
        add("DELETE", "/_sim/faults/{fault}", self.remove_fault)
        add("GET", "/_sim/clock", self.clock)
        add("POST", "/_sim/clock", self.set_clock)
        add("GET", "/_sim/settings", self.settings)
        add("PATCH", "/_sim/settings", self.change_settings)
        add("POST", "/_sim/tokens/{what:expire|kill}", self.end_tokens)
        add("PUT", "/_sim/menu", self.set_menu)
        add("PUT", "/_sim/agents/{account}", self.set_agent)
        add("POST", "/_sim/verify", self.verify)
        add("POST", "/_sim/settle", self.settle)
        add("POST", "/_sim/reset", self.reset)
        add("GET", "/_sim/media/{media}", self.media)

    async def end_streams(self, _: web.Application) -> None:
        """End the event streams, so that the server can stop at once."""
        for task in self._streams:
            task.cancel()

    async def state(self, _: web.Request) -> web.Response:
        """Everything at a glance; shoppers are the newest 200."""
        world, now = self._world, self._world.clock.epoch()
        return json_response(
            {
                "account": {
                    "name": world.settings.account_name,
                    "app_id": world.settings.app_id,
                    "original_id": world.settings.original_id,
                    "mode": world.settings.mode.value,
                    "format": world.settings.format.value,
                },
                "corp": None
                if self._corp is None
                else {"corp_id": self._corp.settings.corp_id, "url": self._corp.base_url},
                "clock": self._clock_json(),
                "last": world.journal.last,
                "in_flight": self._in_flight(),
                "counts": dict(world.journal.counts),
                "shopper_total": len(world.shoppers),
                "shoppers": [shopper.as_json(now) for shopper in [*world.shoppers][-200:]],
                "menu": world.menu,
                "tokens": {"living": world.tokens.living(now), "issued": world.tokens.issued},
                "agents": [
                    {"account": agent.account, "nickname": agent.nickname, "online": agent.online}
                    for agent in world.agents.agents.values()
                ],
                "faults": world.faults.as_json(),
                "fault_kinds": {side.value: sorted(kind.value for kind in KINDS[side]) for side in KINDS},
                "settings": knobs.show(world),
                "violations": dict(world.violations.counts),
            }
        )

    async def log(self, request: web.Request) -> web.Response:
        """``GET /_sim/log?after=&limit=&kind=&shopper=``; ``last`` is where to go on."""
        after = whole(request.query, "after", 0, 0, 10**12)
        limit = whole(request.query, "limit", 1000, 1, 20_000)
        kind, shopper = request.query.get("kind"), request.query.get("shopper")
        page = self._world.journal.after(after, limit=limit)
        entries = [
            entry.as_json()
            for entry in page
            if (kind is None or entry.kind == kind) and (shopper is None or entry.shopper == shopper)
        ]
        last = page[-1].number if page else max(after, 0)
        return json_response(
            {"entries": entries, "last": last, "more": bool(page) and last < self._world.journal.last}
        )

    async def events(self, request: web.Request) -> web.StreamResponse:
        """``GET /_sim/events?after=``: the log as server-sent events, several entries in each."""
        resume = request.headers.get(
            "Last-Event-ID", request.query.get("after", str(self._world.journal.last))
        )
        position = whole({"after": resume}, "after", 0, 0, self._world.journal.last)
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream; charset=utf-8", "Cache-Control": "no-store"}
        )
        await response.prepare(request)
        await response.write(b"retry: 1000\n\n")
        task = asyncio.current_task()
        if task is not None:
            self._streams.add(task)
        try:
            await self._stream(response, position)
        except ConnectionResetError:
            pass
        finally:
            if task is not None:
                self._streams.discard(task)
        return response

    async def _stream(self, response: web.StreamResponse, position: int) -> None:
        journal = self._world.journal
        while True:
            try:
                async with asyncio.timeout(_HEARTBEAT):
                    await journal.wait_beyond(position)
            except TimeoutError:
                await response.write(b": still here\n\n")
                continue
            page = journal.after(position, limit=_EVENT_BATCH)
            if page:
                position = page[-1].number
                data = json.dumps([entry.as_json() for entry in page], ensure_ascii=False)
                await response.write(f"id: {position}\ndata: {data}\n\n".encode())
            else:  # a reset emptied the journal behind this reader
                position = journal.last
            await asyncio.sleep(_EVENT_PAUSE)

    async def invariants(self, _: web.Request) -> web.Response:
        """What the bot did that it should not do."""
        violations = self._world.violations
        return json_response({"counts": dict(violations.counts), "newest": list(violations.newest)})

    async def faults(self, _: web.Request) -> web.Response:
        """The rules in force, with how often each struck."""
        return json_response(self._world.faults.as_json())

    async def set_faults(self, request: web.Request) -> web.Response:
        """``PUT /_sim/faults {"rules": […], "seed"?}`` replaces all rules."""
        data = await json_object(request)
        rules, seed = data.get("rules"), data.get("seed")
        if not isinstance(rules, list):
            raise BadRequest("rules must be a list")
        if seed is not None and (isinstance(seed, bool) or not isinstance(seed, int)):
            raise BadRequest("seed must be a whole number")
        self._world.faults.replace([read_rule(rule) for rule in rules], seed=seed)
        return self._faults_changed()

    async def add_fault(self, request: web.Request) -> web.Response:
        """``POST /_sim/faults {rule}`` adds one rule."""
        self._world.faults.add(read_rule(await json_object(request)))
        return self._faults_changed()

    async def clear_faults(self, _: web.Request) -> web.Response:
        """``DELETE /_sim/faults``."""
        self._world.faults.clear()
        return self._faults_changed()

    async def remove_fault(self, request: web.Request) -> web.Response:
        """``DELETE /_sim/faults/{id}``."""
        if not self._world.faults.remove(request.match_info["fault"]):
            raise BadRequest("there is no such rule")
        return self._faults_changed()

    def _faults_changed(self) -> web.Response:
        plan = self._world.faults.as_json()
        self._world.journal.append("faults", plan=plan)
        return json_response(plan)

    async def clock(self, _: web.Request) -> web.Response:
        """The platform's time."""
        return json_response(self._clock_json())

    async def set_clock(self, request: web.Request) -> web.Response:
        """``POST /_sim/clock {"offset_seconds"}`` or ``{"advance_seconds"}``."""
        data = await json_object(request)
        if "advance_seconds" in data:
            step = number(data, "advance_seconds", -_SECONDS_A_CENTURY, _SECONDS_A_CENTURY)
            offset = self._world.clock.offset + step
        else:
            offset = number(data, "offset_seconds", -_SECONDS_A_CENTURY, _SECONDS_A_CENTURY)
        if not math.isfinite(offset) or self._world.clock.epoch() + offset - self._world.clock.offset < 0:
            raise BadRequest("that is before 1970")
        self._world.clock.shift_to(offset)
        self._world.journal.append("clock", **self._clock_json())
        return json_response(self._clock_json())

    def _clock_json(self) -> dict[str, object]:
        clock = self._world.clock
        return {"offset_seconds": clock.offset, "now": clock.now().isoformat(timespec="milliseconds")}

    async def settings(self, _: web.Request) -> web.Response:
        """What can be changed while running."""
        return json_response(knobs.show(self._world))

    async def change_settings(self, request: web.Request) -> web.Response:
        """``PATCH /_sim/settings`` with some of what ``GET`` shows."""
        knobs.change(self._world, await json_object(request))
        shown = knobs.show(self._world)
        self._world.journal.append("settings", settings=shown)
        return json_response(shown)

    async def end_tokens(self, request: web.Request) -> web.Response:
        """``POST /_sim/tokens/expire`` (42001 from now on) or ``…/kill`` (40001)."""
        now, what = self._world.clock.epoch(), request.match_info["what"]
        tokens = self._world.tokens
        ended = tokens.expire_all(now) if what == "expire" else tokens.kill_all(now)
        self._world.journal.append("tokens", what=what, ended=ended)
        return json_response({"ended": ended})

    async def set_menu(self, request: web.Request) -> web.Response:
        """``PUT /_sim/menu``: what ``menu/create`` takes; ``{}`` takes the menu away."""
        data = await json_object(request)
        try:
            self._world.menu = check_menu(data) if data else None
        except ApiError as error:
            raise BadRequest(str(error)) from error
        self._world.journal.append("menu", menu=self._world.menu)
        return json_response({"menu": self._world.menu})

    async def set_agent(self, request: web.Request) -> web.Response:
        """``PUT /_sim/agents/{account} {"nickname"?, "online"?}``: the platform's own human agents."""
        data = await json_object(request)
        nickname = data.get("nickname")
        agent = self._world.agents.set_agent(
            request.match_info["account"],
            nickname=nickname if isinstance(nickname, str) else None,
            online=data.get("online") is not False,
        )
        shown: Mapping[str, object] = {
            "account": agent.account,
            "nickname": agent.nickname,
            "online": agent.online,
        }
        self._world.journal.append("agent", **shown)
        return json_response(shown)

    async def verify(self, _: web.Request) -> web.Response:
        """``POST /_sim/verify``: the GET with which the platform checks the URL."""
        return json_response(await self._pusher.verify())

    async def settle(self, request: web.Request) -> web.Response:
        """``POST /_sim/settle?timeout=``: wait until no callback is under way."""
        try:
            async with asyncio.timeout(whole(request.query, "timeout", 30, 0, 600)):
                await self._settle()
        except TimeoutError:
            return json_response({"settled": False, "in_flight": self._in_flight()})
        return json_response({"settled": True, "in_flight": 0})

    async def _settle(self) -> None:
        while self._in_flight():
            await self._pusher.settle()
            if self._corp is not None:
                await self._corp.pusher.settle()

    def _in_flight(self) -> int:
        return self._pusher.in_flight + (0 if self._corp is None else self._corp.pusher.in_flight)

    async def reset(self, _: web.Request) -> web.Response:
        """``POST /_sim/reset``: give up what is under way and start again."""
        await self._pusher.stop()
        if self._corp is not None:
            await self._corp.pusher.stop()
        self._world.reset()
        return json_response({"ok": True})

    async def media(self, request: web.Request) -> web.Response:
        """A stored file, for the page and for ``PicUrl``; never shown as a document of this origin."""
        key, now = request.match_info["media"], self._world.clock.epoch()
        stored = self._world.media.get(key, now)
        if stored is None and self._corp is not None:
            stored = self._corp.media.get(key, now)
        if stored is None:
            raise web.HTTPNotFound
        kind = stored.content_type
        safe = (
            kind
            if kind.startswith(("image/png", "image/jpeg", "image/gif", "image/webp", "audio/"))
            else None
        )
        return web.Response(
            body=stored.data,
            headers={
                "Content-Type": safe or "application/octet-stream",
                "X-Content-Type-Options": "nosniff",
                "Cache-Control": "private, max-age=3600",
            },
        )


REFUSALS = (BadRequest, BadRule)
"""Errors of the control API that mean: the caller asked for something that cannot be."""
