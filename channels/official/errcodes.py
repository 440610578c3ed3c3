"""The 公众号's errcodes as data. One table, no other place knows a code."""

from __future__ import annotations

from channels.errcodes import ErrcodeTable, config, refresh, refused, retry, sent, wait, window_closed

ERRCODES = ErrcodeTable(
    (
        sent(0, "done"),
        # custom/send carries no idempotency id, so the client reports -1 to a send as an unknown outcome, not as
        # this.
        retry(-1, "the platform is busy"),
        refresh(40001, "access token wrong or not the latest (on the token call: wrong AppSecret)"),
        refresh(40014, "access token invalid"),
        refresh(42001, "access token expired"),
        config(40013, "AppID invalid"),
        config(40125, "AppSecret invalid"),
        config(40164, "our IP address is not in the account's IP white list"),
        config(41001, "access token missing from the call"),
        config(48004, "the account's API is banned; see its console"),
        # The daily count of one API. Nobody says how long the block still lasts, so ask hourly.
        wait(45009, "the API's daily count is used up", 3600, alarm=True),
        wait(45011, "called too frequently", 60),
        window_closed(45015, "over 48 h since the person wrote, or unfollowed"),
        window_closed(45047, "too many replies since the person's last act"),
        # 45065 answers a repeated clientmsgid with the first one's id: the message went out.
        sent(45065, "mass message with this clientmsgid already sent"),
        wait(45066, "mass message repeated too fast", 60),
        refused(45067, "clientmsgid too long", alarm=True),
        refused(40003, "openid invalid"),
        refused(43004, "the person does not follow the account"),
        refused(45002, "text too long"),
        refused(45008, "more than one article in a news message"),
        # The client says the menu as numbered text instead.
        refused(40200, "this account has no menu messages (订阅号, test account)"),
        refused(48001, "the account may not use this API (personal or unverified)", alarm=True),
        refused(48002, "the person rejects messages of this account"),
        refused(40007, "media id invalid or expired"),
        refused(47001, "the body is not the JSON that this API takes", alarm=True),
        refused(48008, "the account may not send this type of message", alarm=True),
        refused(50002, "the person's or the account's use is restricted"),
        retry(61450, "agents: the platform failed"),
        refused(61451, "agents: bad parameter", alarm=True),
        refused(61452, "agents: no such account", alarm=True),
        refused(61453, "agents: the account exists already"),
        refused(61454, "agents: account name too long"),
        refused(61455, "agents: account name has illegal characters"),
        refused(61456, "agents: too many accounts"),
        refused(61457, "agents: avatar of a wrong file type"),
        refused(65400, "agents: the new 客服 feature is not enabled, or not yet", alarm=True),
        refused(65401, "agents: no such account", alarm=True),
        refused(65402, "agents: the account is not bound to a person yet"),
        refused(65403, "agents: nickname not allowed"),
        refused(65404, "agents: account name not allowed"),
        refused(65405, "agents: too many accounts"),
        refused(65406, "agents: the account exists already"),
        refused(65407, "agents: this person is an agent already"),
        refused(65408, "agents: this person was invited already"),
        refused(65409, "agents: WeChat id not valid"),
        refused(65410, "agents: this person is bound to too many accounts"),
        refused(65411, "agents: an invitation for this account is pending"),
        refused(65412, "agents: the account is bound to somebody already"),
        refused(65413, "agents: the person has no session with an agent"),
        refused(65414, "agents: another agent serves the person"),
        refused(65415, "agents: this agent is not on line"),
        refused(65416, "agents: bad parameter", alarm=True),
        refused(65417, "agents: the period asked for is too long"),
    )
)
