"""Carries out a plan's acts against the simulator's control API, each at its time."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterable
from typing import Any

from tests.chaos.storm.evidence import Asked
from tests.chaos.storm.newsreel import WITH_PEOPLE, Newsreel
from tests.chaos.storm.plan import (
    Act,
    AsksForPerson,
    Customer,
    EndsTokens,
    MovesSilently,
    Plan,
    Platform,
    Says,
)
from tests.functional.world import World

WANTS_PERSON = "转人工"
_LOOK_SECONDS = 0.5
_CAN_BE_MOVED = (0, 1)


class Players:
    """Everybody but the bot. ``asked`` holds what was said so far, by order number."""

    def __init__(self, world: World, newsreel: Newsreel, dice: random.Random) -> None:
        self._world = world
        self._newsreel = newsreel
        self._dice = dice
        self._tasks: set[asyncio.Task[None]] = set()
        self.asked: dict[str, Asked] = {}
        self.moves = 0

    async def enter(self, people: Iterable[Customer]) -> None:
        """Makes the customers known to the platforms."""
        for person in people:
            path = "kefu/customers" if person.platform is Platform.KEFU else "shoppers"
            await self._world.sim("POST", path, {"id": person.name})

    async def play(self, plan: Plan) -> None:
        """Returns when every act is over. Raises what the first act that failed raised."""
        began = asyncio.get_running_loop().time()
        async with asyncio.TaskGroup() as group:
            serving = group.create_task(self._serve())
            async with asyncio.TaskGroup() as acts:
                for act in plan.acts:
                    pause = began + act.at - asyncio.get_running_loop().time()
                    if pause > 0:
                        await asyncio.sleep(pause)
                    acts.create_task(self.carry_out(act))
            serving.cancel()

    async def carry_out(self, act: Act) -> None:
        match act:
            case Says():
                await self._say(act)
            case AsksForPerson(customer=customer):
                await self._customer(customer, "say", text=WANTS_PERSON)
            case MovesSilently():
                await self._move(act)
            case EndsTokens(platform=Platform.OFFICIAL, how=how):
                await self._world.sim("POST", f"tokens/{how}")
            case EndsTokens(how=how):
                await self._world.sim("POST", f"corp/tokens/{how}")

    async def _say(self, says: Says) -> None:
        if says.customer.platform is Platform.OFFICIAL:
            path = f"shoppers/{says.customer.name}/say"
            answer = await self._world.sim("POST", path, {"text": says.text})
        else:
            answer = await self._customer(says.customer, "say", text=says.text)
        self.asked[says.number] = Asked(says=says, msgid=str(answer["msgid"]))

    async def _customer(self, customer: Customer, act: str, **data: object) -> Any:
        path = f"kefu/customers/{customer.name}/{act}"
        return await self._world.sim("POST", path, {"account": customer.account, **data})

    async def _move(self, move: MovesSilently) -> None:
        """To people and back, where nobody else has moved it meanwhile."""
        if await self._state(move.customer) not in _CAN_BE_MOVED:
            return
        await self._force(move.customer, move.state, move.servicer)
        await asyncio.sleep(move.back_after)
        if move.back_to is None:
            servicer = move.servicer or self._dice.choice(self._world.servicers)
            await self._serve_one(servicer, move.customer)
        elif await self._state(move.customer) in WITH_PEOPLE:
            await self._force(move.customer, move.back_to, None)

    async def _state(self, customer: Customer) -> int | None:
        shown = await self._world.sim("GET", f"kefu/customers/{customer.name}")
        states = [item["state"] for item in shown["sessions"] if item["open_kfid"] == customer.account]
        return int(states[0]) if states else None

    async def _force(self, customer: Customer, state: int, servicer: str | None) -> None:
        self.moves += 1
        body = {"account": customer.account, "state": state, "servicer": servicer}
        await self._world.sim("PUT", f"kefu/customers/{customer.name}/state", body)

    async def _serve(self) -> None:
        """Servicers take whom the bot sent to the pool, after a moment."""
        served: set[tuple[str, str, float]] = set()
        async with asyncio.TaskGroup() as group:
            while True:
                for (name, account), since in self._newsreel.waiting_in_pool.items():
                    if (name, account, since) not in served:
                        served.add((name, account, since))
                        customer = Customer(name=name, platform=Platform.KEFU, account=account)
                        servicer = self._dice.choice(self._world.servicers)
                        group.create_task(self._serve_one(servicer, customer))
                await asyncio.sleep(_LOOK_SECONDS)

    async def _serve_one(self, servicer: str, customer: Customer) -> None:
        """Takes, replies, ends; what cannot be done any more, because somebody else acted, is left."""
        for act, more in (
            ("take", {}),
            ("say", {"text": "您好，我是人工客服，看到您的问题了。"}),
            ("end", {}),
        ):
            await asyncio.sleep(self._dice.uniform(0.3, 3.0))
            body = {"customer": customer.name, "account": customer.account, **more}
            url = f"{self._world.simulator_url}/_sim/kefu/servicers/{servicer}/{act}"
            async with self._world.session.post(url, json=body) as response:
                assert response.status < 300 or response.status == 409, await response.text()
