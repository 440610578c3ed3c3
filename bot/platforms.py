"""The platforms' clients and channels, put together from the settings. Nothing here is asked for before it is used."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import aiohttp

from bot.config import Settings
from bot.qyapi import qy_api
from bot.webhooks import Envelope
from channels.aibot.adapter import AibotChannel
from channels.aibot.client import ResponseUrlSpeaker
from channels.aibot.connection import AibotConnection
from channels.aibot.envelope import AibotEnvelope
from channels.aibot.lease import ConnectionLease
from channels.aibot.line import AibotLine
from channels.aibot.response_urls import ResponseUrls
from channels.call_counter import RedisCallGate
from channels.kefu.adapter import KefuChannel
from channels.kefu.client import KefuClient
from channels.kefu.session_store import SessionStore
from channels.limits import WECOM_CALL_LIMITS
from channels.media.keeper import Source
from channels.official.adapter import OfficialChannel
from channels.official.client import OfficialClient
from channels.official.envelope import Envelope as OfficialEnvelope
from channels.official.errcodes import ERRCODES as OFFICIAL_ERRCODES
from channels.official.stable_token import StableToken
from channels.port import ChannelPort
from channels.token_store import RedisTokenStore
from channels.tokens import TokenKeeper
from channels.wecom.adapter import WecomChannel
from channels.wecom.api import QyApi
from channels.wecom.client import WecomClient
from channels.wecom.envelope import WecomEnvelope
from channels.wecom.errcodes import ERRCODES as WECOM_ERRCODES
from channels.wecom.groups import CustomerGroups
from channels.wecom.welcome import Welcomes
from conversations.address import Channel
from conversations.clock import Clock
from storage import keys
from storage.database import Database
from storage.redis_link import RedisLink

_CONNECTION_LEASE_SECONDS = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Platforms:
    """Every channel that is served, and the parts of them that somebody else drives.

    ``envelopes`` has the channels with a callback address of their own; 微信客服 rings at the app's.
    """

    channels: Mapping[Channel, ChannelPort]
    envelopes: Mapping[Channel, Envelope]
    wecom_api: QyApi | None = None
    kefu: KefuClient | None = None
    groups: CustomerGroups | None = None
    aibot_line: AibotLine | None = None
    files: Mapping[Channel, Source]


def identity(settings: Settings) -> str:
    """Tells this bot from others that share a Redis: the database it keeps everything in."""
    return hashlib.sha256(settings.database.url.encode()).hexdigest()[:12]


def platforms(
    settings: Settings,
    *,
    session: aiohttp.ClientSession,
    redis: RedisLink,
    database: Database,
    clock: Clock,
    process: str,
) -> Platforms:
    """``process`` names this process among all of this bot."""
    channels: dict[Channel, ChannelPort] = {}
    envelopes: dict[Channel, Envelope] = {}
    files: dict[Channel, Source] = {}
    wecom_api: QyApi | None = None
    kefu: KefuClient | None = None
    groups: CustomerGroups | None = None
    line: AibotLine | None = None
    if settings.official.enabled:
        official = official_client(settings, session, redis)
        files[Channel.OFFICIAL] = Source(download=official.download, errcodes=OFFICIAL_ERRCODES)
        channels[Channel.OFFICIAL] = OfficialChannel(settings.official, official, clock)
        envelopes[Channel.OFFICIAL] = OfficialEnvelope(settings.official, clock)
    if settings.wecom.enabled:
        app = partial(
            qy_api,
            settings.wecom,
            session,
            redis,
            instance=identity(settings),
            calls=_gate(settings, redis, f"{settings.wecom.corp_id}:{settings.wecom.agent_id}"),
        )
        api = wecom_api = app()
        welcomes = Welcomes(api, now=clock.now)
        client = WecomClient(settings.wecom, api)
        channels[Channel.WECOM] = WecomChannel(settings.wecom, client, welcomes, clock)
        groups = CustomerGroups(api)
        envelopes[Channel.WECOM] = WecomEnvelope(settings.wecom, clock)
        kefu = KefuClient(app(tokens=api.tokens, channel=Channel.KEFU))
        files[Channel.WECOM] = Source(download=kefu.download, errcodes=WECOM_ERRCODES)
        if settings.wecom.kefu.accounts:
            files[Channel.KEFU] = files[Channel.WECOM]
            channels[Channel.KEFU] = KefuChannel(settings.wecom, kefu, SessionStore(database, clock), clock)
    if settings.aibot.enabled and settings.aibot.mode == "callback":
        speaker = ResponseUrlSpeaker(settings.aibot, session, ResponseUrls(database))
        channels[Channel.AIBOT] = AibotChannel(settings.aibot, speaker, clock)
        envelopes[Channel.AIBOT] = AibotEnvelope(settings.aibot, clock)
    elif settings.aibot.enabled:
        lease = ConnectionLease(
            database, bot_id=settings.aibot.bot_id, holder=process, seconds=_CONNECTION_LEASE_SECONDS
        )
        gate = _gate(settings, redis, f"aibot:{settings.aibot.bot_id}")
        line = AibotLine(settings.aibot, AibotConnection(settings.aibot, session, lease), clock, calls=gate)
        channels[Channel.AIBOT] = AibotChannel(settings.aibot, line, clock)
    return Platforms(
        channels=channels,
        envelopes=envelopes,
        wecom_api=wecom_api,
        kefu=kefu,
        groups=groups,
        aibot_line=line,
        files=files,
    )


def official_client(settings: Settings, session: aiohttp.ClientSession, redis: RedisLink) -> OfficialClient:
    """The 公众号's API, with the token that all processes share."""
    account = settings.official.app_id
    store = RedisTokenStore(redis.client, keys.token(identity(settings), Channel.OFFICIAL, account))
    tokens = TokenKeeper(StableToken(settings.official, session), store)
    return OfficialClient(settings.official, session, tokens)


def _gate(settings: Settings, redis: RedisLink, account: str) -> RedisCallGate:
    return RedisCallGate(redis.client, identity(settings), account, WECOM_CALL_LIMITS)
