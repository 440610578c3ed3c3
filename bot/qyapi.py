"""Puts the API of one WeCom app together: what 企业微信 and 微信客服 both call."""

from __future__ import annotations

import aiohttp

from channels.call_limits import CallGate
from channels.token_store import RedisTokenStore
from channels.tokens import TokenKeeper
from channels.wecom.api import QyApi
from channels.wecom.gettoken import GetToken
from channels.wecom.settings import WecomSettings
from conversations.address import Channel
from storage import keys
from storage.redis_link import RedisLink


def qy_api(
    settings: WecomSettings,
    session: aiohttp.ClientSession,
    redis: RedisLink,
    *,
    instance: str,
    calls: CallGate | None = None,
    tokens: TokenKeeper | None = None,
    channel: Channel = Channel.WECOM,
) -> QyApi:
    """``instance`` tells this bot's Redis keys from another's. ``channel`` is what the calls are counted under.

    APIs of one app share their token through Redis, whatever their ``channel``; in one process give the ``tokens``
    of the first one to the others.
    """
    if tokens is not None:
        return QyApi(settings, session, tokens, calls=calls, channel=channel)
    # A token belongs to a Secret, and a Secret to an agent.
    account = f"{settings.corp_id}:{settings.agent_id}"
    store = RedisTokenStore(redis.client, keys.token(instance, Channel.WECOM, account))
    tokens = TokenKeeper(GetToken(settings, session), store)
    return QyApi(settings, session, tokens, calls=calls, channel=channel)
