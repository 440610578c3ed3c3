"""Rows of the table of limits: what begins with an act or a grant, and ends."""

from __future__ import annotations

from datetime import timedelta

from channels.limits.rows import Beyond, Keeper, Scope, WindowLimit

_KF_INTRO = "公众号 客服消息 (offiaccount kf/intro): replies by triggering action"
_SEND = "WeCom 94677 发送消息 (kf/send_msg)"
_ON_EVENT = "WeCom 95122 发送欢迎语等事件响应消息 (kf/send_msg_on_event)"
_PULL = "WeCom 94670 读取消息 (kf/sync_msg)"
_AIBOT = "WeCom 101033 智能机器人 主动回复消息"

_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def _official(name: str, count: int, lasts: timedelta, *, reserves: bool = False) -> WindowLimit:
    """A reply window of the 公众号: 45047 beyond the count, 45015 beyond the time."""
    return WindowLimit(
        name=name, count=count, lasts=lasts, source=_KF_INTRO, reserves=reserves, errcodes=(45047, 45015)
    )


def _code(
    name: str, lasts: timedelta, source: str, *errcodes: int, kept_by: Keeper = Keeper.CLIENT
) -> WindowLimit:
    """A code that is spent by one message."""
    return WindowLimit(
        name=name,
        count=1,
        lasts=lasts,
        source=source,
        scope=Scope.GRANT,
        errcodes=errcodes,
        kept_by=kept_by,
    )


def _life(
    name: str, lasts: timedelta, source: str, *errcodes: int, kept_by: Keeper = Keeper.CLIENT
) -> WindowLimit:
    """Something that may be used any number of times while it lives."""
    return WindowLimit(
        name=name,
        count=None,
        lasts=lasts,
        source=source,
        scope=Scope.GRANT,
        beyond=Beyond.VOID,
        errcodes=errcodes,
        kept_by=kept_by,
    )


OFFICIAL_MESSAGE = _official("official.reply.message", 5, timedelta(hours=48), reserves=True)
OFFICIAL_MENU_CLICK = _official("official.reply.menu_click", 3, _MINUTE)
OFFICIAL_FOLLOW = _official("official.reply.follow", 3, _MINUTE)
OFFICIAL_SCAN = _official("official.reply.scan", 3, _MINUTE)
KEFU_MESSAGE = WindowLimit(
    name="kefu.reply.message",
    count=5,
    lasts=timedelta(hours=48),
    source=_SEND,
    reserves=True,
    errcodes=(95001, 95002),
)

KEFU_WELCOME_CODE = _code("kefu.code.welcome", timedelta(seconds=20), _ON_EVENT)
KEFU_POOL_CODE = _code("kefu.code.pool", timedelta(hours=48), _ON_EVENT)
KEFU_SERVICER_CODE = _code("kefu.code.servicer", timedelta(hours=48), _ON_EVENT)
KEFU_ENDING_CODE = _code("kefu.code.ending", timedelta(seconds=20), _ON_EVENT)
CONTACT_WELCOME_CODE = _code(
    "contact.code.welcome", timedelta(seconds=20), "WeCom 92137 发送新客户欢迎语", 41050, 41051, 41096
)
CARD_RESPONSE_CODE = _code(
    "app.code.card_response", timedelta(hours=72), "WeCom 94888 更新模版卡片消息", kept_by=Keeper.PLATFORM
)
AIBOT_RESPONSE_URL = _code("aibot.code.response_url", _HOUR, _AIBOT)
PASSIVE_REPLY = _code(
    "callback.passive_reply",
    timedelta(seconds=5),
    "WeCom 90241 被动回复; 公众号 被动回复用户消息",
    kept_by=Keeper.INBOX,
)

ACCESS_TOKEN = _life(
    "token.access",
    timedelta(seconds=7200),
    "WeCom 91039 获取access_token; 公众号 getStableAccessToken",
    40014,
    42001,
    kept_by=Keeper.TOKENS,
)
KEFU_PULL_TOKEN = _life("kefu.pull_token", timedelta(minutes=10), _PULL, 95007, kept_by=Keeper.PLATFORM)
KEFU_HISTORY = _life("kefu.history", timedelta(days=3), _PULL, kept_by=Keeper.PLATFORM)
MEDIA_ID = _life("media.id", timedelta(days=3), "WeCom 90253 上传临时素材", 40007)
KEFU_SESSION = _life(
    "kefu.session", timedelta(hours=48), "WeCom 94669 分配客服会话", 95013, kept_by=Keeper.PLATFORM
)
KEFU_CUSTOMER_READ = _life(
    "kefu.customer_read",
    timedelta(hours=48),
    "WeCom 95159 获取客户基础信息",
    95031,
    kept_by=Keeper.PLATFORM,
)
AIBOT_STREAM = _life("aibot.stream", timedelta(minutes=6), "WeCom 100719 智能机器人 接收消息", 846608)
AIBOT_MEDIA_URL = _life(
    "aibot.media_url", timedelta(minutes=5), "WeCom 100719 智能机器人 接收消息", kept_by=Keeper.PLATFORM
)
AIBOT_UPLOAD = _life(
    "aibot.upload", timedelta(minutes=30), "WeCom 101463 智能机器人 长连接", kept_by=Keeper.PLATFORM
)
DUPLICATE_CHECK = _life(
    "app.duplicate_check", timedelta(hours=4), "WeCom 90236 发送应用消息", kept_by=Keeper.PLATFORM
)
OFFICIAL_AGENT_SESSION = _life(
    "official.agent_session", timedelta(minutes=30), "公众号 多客服 (kfsession)", kept_by=Keeper.PLATFORM
)

WINDOWS: tuple[WindowLimit, ...] = (
    OFFICIAL_MESSAGE,
    OFFICIAL_MENU_CLICK,
    OFFICIAL_FOLLOW,
    OFFICIAL_SCAN,
    KEFU_MESSAGE,
    KEFU_WELCOME_CODE,
    KEFU_POOL_CODE,
    KEFU_SERVICER_CODE,
    KEFU_ENDING_CODE,
    CONTACT_WELCOME_CODE,
    CARD_RESPONSE_CODE,
    AIBOT_RESPONSE_URL,
    PASSIVE_REPLY,
    ACCESS_TOKEN,
    KEFU_PULL_TOKEN,
    KEFU_HISTORY,
    MEDIA_ID,
    KEFU_SESSION,
    KEFU_CUSTOMER_READ,
    AIBOT_STREAM,
    AIBOT_MEDIA_URL,
    AIBOT_UPLOAD,
    DUPLICATE_CHECK,
    OFFICIAL_AGENT_SESSION,
)
