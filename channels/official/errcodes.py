"""The 公众号's errcodes as data: what each means and what we do about it.

One table, no other place knows a code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Reaction(StrEnum):
    """What the caller does."""

    SENT = "sent"
    RETRY = "retry"
    RETRY_AFTER_WINDOW = "retry_after_window"
    REFRESH_TOKEN = "refresh_token"  # noqa: S105 - a state, not a password
    WINDOW_CLOSED = "window_closed"
    REFUSED = "refused"
    CONFIG = "config"


@dataclass(frozen=True, slots=True, kw_only=True)
class Errcode:
    """One row. ``retry_after`` is in seconds and set with RETRY_AFTER_WINDOW and CONFIG only.

    ``alarm``: somebody has to look, trying again alone will not cure it.
    """

    code: int
    meaning: str
    reaction: Reaction
    retry_after: float | None = None
    alarm: bool = False


def _config(code: int, meaning: str) -> Errcode:
    """The account's settings are wrong: tried again every five minutes, as a person may cure it meanwhile."""
    return Errcode(code=code, meaning=meaning, reaction=Reaction.CONFIG, retry_after=300, alarm=True)


def _refused(code: int, meaning: str, *, alarm: bool = False) -> Errcode:
    return Errcode(code=code, meaning=meaning, reaction=Reaction.REFUSED, alarm=alarm)


def _refresh(code: int, meaning: str) -> Errcode:
    return Errcode(code=code, meaning=meaning, reaction=Reaction.REFRESH_TOKEN)


def _wait(code: int, meaning: str, seconds: float, *, alarm: bool = False) -> Errcode:
    return Errcode(
        code=code, meaning=meaning, reaction=Reaction.RETRY_AFTER_WINDOW, retry_after=seconds, alarm=alarm
    )


_ROWS = (
    Errcode(code=0, meaning="done", reaction=Reaction.SENT),
    # custom/send carries no idempotency id, so the client reports -1 to a send as an unknown outcome, not as
    # this.
    Errcode(code=-1, meaning="the platform is busy", reaction=Reaction.RETRY),
    _refresh(40001, "access token wrong or not the latest (on the token call: wrong AppSecret)"),
    _refresh(40014, "access token invalid"),
    _refresh(42001, "access token expired"),
    _config(40013, "AppID invalid"),
    _config(40125, "AppSecret invalid"),
    _config(40164, "our IP address is not in the account's IP white list"),
    _config(41001, "access token missing from the call"),
    _config(48004, "the account's API is banned; see its console"),
    # The daily count of one API. Nobody says how long the block still lasts, so ask hourly.
    _wait(45009, "the API's daily count is used up", 3600, alarm=True),
    _wait(45011, "called too frequently", 60),
    Errcode(
        code=45015, meaning="over 48 h since the person wrote, or unfollowed", reaction=Reaction.WINDOW_CLOSED
    ),
    Errcode(
        code=45047, meaning="too many replies since the person's last act", reaction=Reaction.WINDOW_CLOSED
    ),
    # 45065 answers a repeated clientmsgid with the first one's id: the message went out.
    Errcode(code=45065, meaning="mass message with this clientmsgid already sent", reaction=Reaction.SENT),
    _wait(45066, "mass message repeated too fast", 60),
    _refused(45067, "clientmsgid too long", alarm=True),
    _refused(40003, "openid invalid"),
    _refused(43004, "the person does not follow the account"),
    _refused(45002, "text too long"),
    _refused(45008, "more than one article in a news message"),
    # The client says the menu as numbered text instead.
    _refused(40200, "this account has no menu messages (订阅号, test account)"),
    _refused(48001, "the account may not use this API (personal or unverified)", alarm=True),
    _refused(48002, "the person rejects messages of this account"),
    _refused(40007, "media id invalid or expired"),
    _refused(47001, "the body is not the JSON that this API takes", alarm=True),
    _refused(48008, "the account may not send this type of message", alarm=True),
    _refused(50002, "the person's or the account's use is restricted"),
    Errcode(code=61450, meaning="agents: the platform failed", reaction=Reaction.RETRY),
    _refused(61451, "agents: bad parameter", alarm=True),
    _refused(61452, "agents: no such account", alarm=True),
    _refused(61453, "agents: the account exists already"),
    _refused(61454, "agents: account name too long"),
    _refused(61455, "agents: account name has illegal characters"),
    _refused(61456, "agents: too many accounts"),
    _refused(61457, "agents: avatar of a wrong file type"),
    _refused(65400, "agents: the new 客服 feature is not enabled, or not yet", alarm=True),
    _refused(65401, "agents: no such account", alarm=True),
    _refused(65402, "agents: the account is not bound to a person yet"),
    _refused(65403, "agents: nickname not allowed"),
    _refused(65404, "agents: account name not allowed"),
    _refused(65405, "agents: too many accounts"),
    _refused(65406, "agents: the account exists already"),
    _refused(65407, "agents: this person is an agent already"),
    _refused(65408, "agents: this person was invited already"),
    _refused(65409, "agents: WeChat id not valid"),
    _refused(65410, "agents: this person is bound to too many accounts"),
    _refused(65411, "agents: an invitation for this account is pending"),
    _refused(65412, "agents: the account is bound to somebody already"),
    _refused(65413, "agents: the person has no session with an agent"),
    _refused(65414, "agents: another agent serves the person"),
    _refused(65415, "agents: this agent is not on line"),
    _refused(65416, "agents: bad parameter", alarm=True),
    _refused(65417, "agents: the period asked for is too long"),
)

ERRCODES: Mapping[int, Errcode] = MappingProxyType({row.code: row for row in _ROWS})


def errcode(code: int) -> Errcode:
    """The row of ``code``.

    An unknown code is refused with an alarm: the platform did answer, so the call was not done; repeating
    what it refused for a reason that we cannot read spends quota for nothing, and silence would hide a change
    of its rules.
    """
    return ERRCODES.get(code) or _refused(code, "unknown errcode", alarm=True)


def reaction(code: int) -> Reaction:
    return errcode(code).reaction
