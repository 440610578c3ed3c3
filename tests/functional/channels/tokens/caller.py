"""A process that calls the app's API: ``python -m tests.functional.channels.tokens.caller API_BASE REDIS_URL``.

For each line of standard input (a number) it makes so many calls at once, and writes the errcodes as a JSON list.
"""

from __future__ import annotations

import asyncio
import json
import sys

import aiohttp
from pydantic import SecretStr

from bot.qyapi import qy_api
from channels.calls import Answered
from channels.wecom.settings import WecomSettings
from storage.redis_link import RedisLink
from storage.settings import RedisSettings


def settings(api_base: str) -> WecomSettings:
    return WecomSettings.model_validate(
        {
            "enabled": True,
            "api_base": api_base,
            "corp_id": "wwFictional",
            "agent_id": 218,
            "secret": SecretStr("fictional-secret"),
            "token": SecretStr("fictional-token"),
            "encoding_aes_key": SecretStr("a" * 43),
        }
    )


async def main(api_base: str, redis_url: str) -> None:
    redis = RedisLink(RedisSettings(url=redis_url), identity="caller")
    await redis.start()
    try:
        async with aiohttp.ClientSession() as session:
            api = qy_api(settings(api_base), session, redis, instance="test")
            while line := await asyncio.to_thread(sys.stdin.readline):
                results = await asyncio.gather(*(api.call("cgi-bin/any") for _ in range(int(line))))
                codes = [result.code if isinstance(result, Answered) else str(result) for result in results]
                sys.stdout.write(f"{json.dumps(codes)}\n")
                sys.stdout.flush()
    finally:
        await redis.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
