"""微信客服 in a running world, as customers and servicers live it."""

from __future__ import annotations

from typing import Any

from conversations.address import Address, Channel
from tests.functional.bot.watching import until
from tests.functional.world import World
from tests.patience import PATIENCE


async def says(world: World, customer: str, text: str, *, seconds: int = PATIENCE) -> str | None:
    """The customer types; returns the next words heard, None when nobody spoke within ``seconds``."""
    path = f"kefu/customers/{customer}/say?wait=answer&timeout={seconds}"
    answer = await world.sim("POST", path, {"text": text})
    return None if answer["heard"] is None else str(answer["heard"]["text"])


async def writes(world: World, customer: str, text: str, **more: object) -> str:
    """The customer types and does not wait; returns the message's id."""
    return str((await world.sim("POST", f"kefu/customers/{customer}/say", {"text": text, **more}))["msgid"])


async def serves(world: World, userid: str, act: str, customer: str = "", **more: object) -> Any:
    """What a servicer does in the platform's own client."""
    body = {"customer": customer, **more} if customer else more
    return await world.sim("POST", f"kefu/servicers/{userid}/{act}", body)


async def transcript(world: World, customer: str) -> list[dict[str, Any]]:
    """The customer's phone, in order."""
    return list((await world.sim("GET", f"kefu/customers/{customer}/transcript"))["lines"])


async def delivered(world: World, customer: str, *, by: str = "api") -> list[str]:
    """The texts that reached the customer from the API ("api"), by a code ("event") or from people ("servicer")."""
    lines = await transcript(world, customer)
    return [str(line["text"]) for line in lines if line["direction"] == "heard" and line["by"] == by]


async def reaches(world: World, customer: str, count: int, *, by: str = "api") -> list[str]:
    """Waits until so many texts reached the customer; returns them."""

    async def enough() -> bool:
        return len(await delivered(world, customer, by=by)) >= count

    await until(enough, f"{count} texts for {customer}")
    return await delivered(world, customer, by=by)


async def session(world: World, customer: str) -> dict[str, Any]:
    """The customer's session as the platform has it."""
    sessions = (await world.sim("GET", f"kefu/customers/{customer}/transcript"))["customer"]["sessions"]
    assert len(sessions) == 1, sessions
    return dict(sessions[0])


async def conversation_of_customer(world: World, customer: str) -> str:
    """The stored id of the customer's conversation."""
    shown = (await world.sim("GET", f"kefu/customers/{customer}/transcript"))["customer"]
    account = shown["sessions"][0]["open_kfid"]
    address = Address(channel=Channel.KEFU, account=account, peer=shown["external_userid"])
    return address.conversation_id
