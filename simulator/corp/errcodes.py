"""Error codes of the WeCom API and their texts (WeCom 90313 全局错误码, 94638 微信客服 errors)."""

from __future__ import annotations

import random
import time
from collections.abc import Mapping

TEXTS: Mapping[int, str] = {
    -1: "system error",
    40001: "invalid credential",
    40003: "invalid userid",
    40004: "invalid media type",
    40005: "invalid file type",
    40006: "invalid media size",
    40007: "invalid media_id",
    40008: "invalid message type",
    40009: "invalid image size",
    40011: "invalid video size",
    40013: "invalid corpid",
    40014: "invalid access_token",
    40031: "invalid userid list",
    40033: "invalid charset",
    40035: "invalid parameter",
    40050: "invalid chatid",
    40054: "invalid sub button url",
    40056: "invalid agentid",
    40058: "invalid request parameter",
    40063: "some parameters are empty",
    40066: "invalid url",
    40068: "invalid tagid",
    40073: "invalid openid",
    40086: "invalid uploaded file",
    40096: "invalid external userid",
    41001: "access_token missing",
    41002: "corpid missing",
    41004: "corpsecret missing",
    41006: "media_id missing",
    41011: "agentid missing",
    41048: "no permission to the customer",
    41050: "invalid welcome code",
    41051: "the chat with the customer has already started",
    41054: "the member is not activated",
    41055: "robot has been removed",
    41062: "too many mass messages for the customer",
    41063: "not allowed to send mass message to this customer",
    41096: "welcome message is being sent",
    42001: "access_token expired",
    42014: "customer has disabled the message",
    43001: "require GET method",
    43002: "require POST method",
    43004: "require subscribe",
    44001: "empty media data",
    44002: "empty post data",
    44004: "empty content",
    45002: "content size out of limit",
    45003: "title size out of limit",
    45004: "description size out of limit",
    45005: "link size out of limit",
    45007: "voice duration out of limit",
    45008: "article count out of limit",
    45009: "api freq out of limit",
    45033: "api concurrent out of limit",
    46004: "user not exist",
    47001: "data format error",
    48001: "api unauthorized",
    48002: "api forbidden",
    48004: "authorization invalid",
    48007: "no permission to the kf account",
    50001: "redirect_uri unauthorized",
    60011: "no privilege to access/modify contact/party/agent",
    60020: "not allow to access from your ip",
    60030: "user is out of the visible range",
    60031: "agent is forbidden to call api",
    60111: "userid not found",
    60123: "invalid party id",
    81013: "user & party & tag all invalid",
    84014: "user has no permission to the customer",
    84061: "no external contact relation",
    86001: "invalid chatid",
    86003: "invalid chat name",
    86004: "invalid chat owner",
    86005: "the chat has too few members",
    86006: "the chat has too many members",
    86007: "not all chat members are in the visible range",
    86008: "the chat was not created by this agent",
    86101: "chatid exists",
    90500: "no permission for the customer group",
    91040: "ticket type error",
    93000: "invalid webhook url",
    93004: "robot is disabled",
    93008: "robot is not in the chat",
    95000: "invalid open_kfid",
    95001: "api send message count limit",
    95002: "api send message over 48 hours",
    95003: "customer count of unverified corp limit",
    95004: "open_kfid not exist",
    95005: "kf account count limit",
    95006: "invalid kf account name",
    95007: "invalid msg token",
    95008: "menu item count limit",
    95009: "invalid menu item type",
    95010: "kf right expired",
    95011: "kf is already used in wecom",
    95012: "kf is not used in wecom",
    95013: "session is already ended",
    95014: "user is not a servicer or not activated",
    95015: "exclusive service is configured",
    95016: "not allowed to change the session to this status",
    95017: "system app api switch is off",
    95018: "send msg session status invalid",
    95019: "servicer stopped or suspended",
    95020: "servicer is not in the reception range",
    95021: "the account has too many servicers",
    95022: "invalid location type",
    95023: "api switch is given to another app",
    95026: "low usage",
    95027: "kf account count of unverified corp limit",
    95030: "forbidden message type",
    95031: "customer did not consult within 48 hours",
    95032: "component right expired",
    301002: "agentid does not match the access_token",
    301021: "user is blocked",
    846601: "invalid response_url",
    846608: "stream message update expired",
}
_QUERY = "https://open.work.weixin.qq.com/devtool/query"


class CorpError(Exception):
    """The call is answered with an errcode; HTTP stays 200."""

    def __init__(self, errcode: int, detail: str = "") -> None:
        super().__init__(f"{errcode} {detail}".strip())
        self.errcode = errcode
        self.detail = detail

    def body(self, ip: str) -> dict[str, object]:
        """The JSON answer; the text ends with hint, the caller's address and where to look the code up."""
        text = TEXTS.get(self.errcode, "unknown error")
        detail = f": {self.detail}" if self.detail else ""
        tail = f"hint: [{_hint()}], from ip: {ip}, more info at {_QUERY}?e={self.errcode}"
        return {"errcode": self.errcode, "errmsg": f"{text}{detail}, {tail}"}


def _hint() -> str:
    """Digits as in ``1754461450424274146823225``: the time, then what tells two calls apart."""
    return f"{int(time.time())}{random.randrange(10**14, 10**15)}"  # noqa: S311 - no secret
