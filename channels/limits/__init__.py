"""The one table of limits: every platform limit as a row, and the pure decisions on them."""

from channels.limits.calls import OFFICIAL_CALL_LIMITS, WECOM_CALL_LIMITS
from channels.limits.decisions import (
    CLOCK_SKEW,
    Allowed,
    Closed,
    ClosedReason,
    Use,
    Wait,
    may,
    may_call,
)
from channels.limits.reply_windows import (
    KEFU_LIMITS,
    MEMBER_LIMITS,
    OFFICIAL_LIMITS,
    ReplyLimits,
    Window,
    may_send,
)
from channels.limits.rows import Beyond, CallLimit, Keeper, MonthlyLimit, Scope, SizeLimit, WindowLimit

__all__ = [
    "CLOCK_SKEW",
    "KEFU_LIMITS",
    "MEMBER_LIMITS",
    "OFFICIAL_CALL_LIMITS",
    "OFFICIAL_LIMITS",
    "WECOM_CALL_LIMITS",
    "Allowed",
    "Beyond",
    "CallLimit",
    "Closed",
    "ClosedReason",
    "Keeper",
    "MonthlyLimit",
    "ReplyLimits",
    "Scope",
    "SizeLimit",
    "Use",
    "Wait",
    "Window",
    "WindowLimit",
    "may",
    "may_call",
    "may_send",
]
