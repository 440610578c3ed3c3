"""Whether Rasa answers, and with which model: its ``/version`` and ``/status`` ("Rasa HTTP API" of 3.6)."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import aiohttp


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """``version`` of Rasa, such as 3.6.21; ``model``: the name of the model file that is loaded."""

    version: str
    model: str


class RasaAway(Exception):
    """Rasa does not answer as it should; the message says how, in a few words."""


class TokenRefused(RasaAway):
    """It answers, and takes another token than ours."""


async def look(session: aiohttp.ClientSession, url: str, *, token: str, seconds: float) -> Health:
    """What runs there. Raises RasaAway: nobody listens, too slow, an error, not Rasa, another token, no model."""
    try:
        async with asyncio.timeout(seconds):
            version = await _get(session, f"{url}/version", token)
            status = await _get(session, f"{url}/status", token)
        return Health(version=str(version["version"]), model=str(status["model_file"]))
    except TimeoutError as error:
        raise RasaAway(f"does not answer within {seconds:g} s") from error
    except aiohttp.ClientConnectionError as error:
        raise RasaAway("nobody listens there") from error
    except (aiohttp.ClientError, KeyError, TypeError, ValueError) as error:
        raise RasaAway("what answers there is not Rasa") from error


async def warm_up(session: aiohttp.ClientSession, url: str, *, token: str, seconds: float) -> None:
    """Has Rasa read one message: the first one loads its dictionary. Raises RasaAway."""
    try:
        async with (
            asyncio.timeout(seconds),
            session.post(f"{url}/model/parse", params={"token": token}, json={"text": "你好"}) as response,
        ):
            response.raise_for_status()
            await response.read()
    except (aiohttp.ClientError, TimeoutError) as error:
        raise RasaAway(f"it does not read messages ({type(error).__name__})") from error


async def _get(session: aiohttp.ClientSession, url: str, token: str) -> Any:
    async with session.get(url, params={"token": token}) as response:
        if response.status == 401:
            raise TokenRefused("it takes another token than ours")
        if response.status == 409:
            raise RasaAway("it has loaded no model")
        if response.status != 200:
            raise RasaAway(f"it answers with status {response.status}")
        return await response.json(content_type=None)
