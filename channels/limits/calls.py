"""Rows of the table of limits: how often something may be called."""

from __future__ import annotations

from datetime import timedelta

from channels.limits.rows import Beyond, CallLimit, Keeper, MonthlyLimit, Scope

_SECOND, _MINUTE, _HOUR, _DAY = (
    timedelta(seconds=1),
    timedelta(minutes=1),
    timedelta(hours=1),
    timedelta(days=1),
)
_FREQUENCY = "WeCom 90454 访问频率限制"
_SEND = "cgi-bin/message/send"
_APPCHAT = "cgi-bin/appchat/send"
_APPCHAT_PAGE = "WeCom 90248 应用推送消息到群聊"
_ROBOT = "cgi-bin/webhook/send"
_AIBOT = "aibot_send_msg"
_AIBOT_PAGE = "WeCom 101463 智能机器人 长连接; the figures come from its SDK's notes"
_STABLE = "cgi-bin/stable_token"
_STABLE_PAGE = "公众号 getStableAccessToken"

WECOM_CALL_LIMITS: tuple[CallLimit, ...] = (
    CallLimit(
        name="wecom.api.minute", api="*", count=10_000, per=_MINUTE, source=_FREQUENCY, scope=Scope.API
    ),
    CallLimit(name="wecom.api.hour", api="*", count=150_000, per=_HOUR, source=_FREQUENCY, scope=Scope.API),
    CallLimit(
        name="wecom.address.minute",
        api="*",
        count=20_000,
        per=_MINUTE,
        source=_FREQUENCY,
        scope=Scope.ADDRESS,
    ),
    CallLimit(
        name="wecom.address.hour", api="*", count=600_000, per=_HOUR, source=_FREQUENCY, scope=Scope.ADDRESS
    ),
    CallLimit(
        name="app.send.persons.day",
        api=_SEND,
        count=200,
        per_account=True,
        per=_DAY,
        source=_FREQUENCY,
        scope=Scope.APP,
    ),
    CallLimit(
        name="app.send.member.minute",
        api=_SEND,
        count=30,
        per=_MINUTE,
        source=_FREQUENCY,
        scope=Scope.MEMBER,
        beyond=Beyond.DROPPED,
        errcodes=(),
    ),
    CallLimit(
        name="app.send.member.hour",
        api=_SEND,
        count=1000,
        per=_HOUR,
        source=_FREQUENCY,
        scope=Scope.MEMBER,
        beyond=Beyond.DROPPED,
        errcodes=(),
    ),
    CallLimit(
        name="appchat.create.day", api="cgi-bin/appchat/create", count=1000, per=_DAY, source=_FREQUENCY
    ),
    CallLimit(
        name="appchat.update.hour", api="cgi-bin/appchat/update", count=1000, per=_HOUR, source=_FREQUENCY
    ),
    CallLimit(
        name="appchat.send.persons.minute",
        api=_APPCHAT,
        count=20_000,
        per=_MINUTE,
        source=_APPCHAT_PAGE,
        kept_by=Keeper.PLATFORM,
    ),
    CallLimit(
        name="appchat.send.member.minute",
        api=_APPCHAT,
        count=200,
        per=_MINUTE,
        source=_APPCHAT_PAGE
        + "; by member there, by chat here, because only the platform knows who is in it",
        scope=Scope.CHAT,
        beyond=Beyond.DROPPED,
        errcodes=(),
    ),
    CallLimit(
        name="appchat.send.member.day",
        api=_APPCHAT,
        count=10_000,
        per=_DAY,
        source=_APPCHAT_PAGE
        + "; by member there, by chat here, because only the platform knows who is in it",
        scope=Scope.CHAT,
        beyond=Beyond.DROPPED,
        errcodes=(),
    ),
    CallLimit(
        name="robot.send.minute",
        api=_ROBOT,
        count=20,
        per=_MINUTE,
        source="WeCom 99110 消息推送配置说明",
        scope=Scope.ROBOT,
    ),
    CallLimit(
        name="moment.task.minute",
        api="cgi-bin/externalcontact/add_moment_task",
        count=10,
        per=_MINUTE,
        source="WeCom 95094 企业发表内容到客户的朋友圈",
    ),
    CallLimit(
        name="aibot.send.chat.minute",
        api=_AIBOT,
        count=30,
        per=_MINUTE,
        source=_AIBOT_PAGE,
        scope=Scope.CHAT,
    ),
    CallLimit(
        name="aibot.send.chat.hour",
        api=_AIBOT,
        count=1000,
        per=_HOUR,
        source=_AIBOT_PAGE,
        scope=Scope.CHAT,
    ),
    CallLimit(
        name="wecom.blocked",
        api="*",
        count=0,
        per=_MINUTE,
        source="WeCom 90313 全局错误码, 45009: blocked for the stretch that was exceeded; asked again by the minute",
        scope=Scope.API,
    ),
    CallLimit(
        name="wecom.debug.minute",
        api="?debug=1",
        count=5,
        per=_MINUTE,
        source="WeCom 90313 全局错误码, 45009",
        kept_by=Keeper.PLATFORM,
    ),
)

OFFICIAL_CALL_LIMITS: tuple[CallLimit, ...] = (
    CallLimit(
        name="official.token.minute",
        api=_STABLE,
        count=10_000,
        per=_MINUTE,
        source=_STABLE_PAGE,
        kept_by=Keeper.TOKENS,
    ),
    CallLimit(
        name="official.token.day",
        api=_STABLE,
        count=500_000,
        per=_DAY,
        source=_STABLE_PAGE,
        kept_by=Keeper.TOKENS,
    ),
    CallLimit(
        name="official.token.force.day",
        api=_STABLE + "?force_refresh",
        count=20,
        per=_DAY,
        source=_STABLE_PAGE,
        kept_by=Keeper.TOKENS,
    ),
    CallLimit(
        name="official.token.force.spacing",
        api=_STABLE + "?force_refresh",
        count=1,
        per=30 * _SECOND,
        source=_STABLE_PAGE,
        kept_by=Keeper.TOKENS,
    ),
    CallLimit(
        name="official.token.classic.day",
        api="cgi-bin/token",
        count=2000,
        per=_DAY,
        source="公众号 获取Access token (access_token)",
        kept_by=Keeper.PLATFORM,
    ),
    CallLimit(
        name="official.template.day",
        api="cgi-bin/message/template/send",
        count=100_000,
        per=_DAY,
        source="公众号 模板消息 (template)",
        kept_by=Keeper.PLATFORM,
    ),
    CallLimit(
        name="official.mass.minute",
        api="cgi-bin/message/mass/sendall",
        count=60,
        per=_MINUTE,
        source="公众号 群发接口 (mass)",
        kept_by=Keeper.PLATFORM,
    ),
    CallLimit(
        name="official.mass.subscription.day",
        api="cgi-bin/message/mass/sendall",
        count=1,
        per=_DAY,
        source="公众号 群发接口 (mass): 订阅号",
        kept_by=Keeper.PLATFORM,
    ),
)

MASS_PER_MONTH = MonthlyLimit(
    name="mass.receiver.month",
    api="cgi-bin/externalcontact/add_msg_template",
    count=None,
    source="WeCom 92135 创建企业群发",
    scope=Scope.RECEIVER,
    beyond=Beyond.REFUSED,
)
OFFICIAL_MASS_PER_MONTH = MonthlyLimit(
    name="official.mass.service.month",
    api="cgi-bin/message/mass/sendall",
    count=4,
    source="公众号 群发接口 (mass): 服务号",
    scope=Scope.PERSON,
    kept_by=Keeper.PLATFORM,
)
MASS_PER_DAY = CallLimit(
    name="mass.receiver.day",
    api="cgi-bin/externalcontact/add_msg_template",
    count=1,
    per=_DAY,
    source="WeCom 92135 创建企业群发: an administrator chooses one a day or seven a week",
    scope=Scope.RECEIVER,
    errcodes=(),
    kept_by=Keeper.PLATFORM,
)
MONTHS: tuple[MonthlyLimit, ...] = (MASS_PER_MONTH, OFFICIAL_MASS_PER_MONTH)
