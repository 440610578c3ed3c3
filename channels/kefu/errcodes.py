"""The errcodes of 微信客服 that mean more than the row in ``channels.wecom.errcodes`` says (WeCom 90313 全局错误码)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from channels.errcodes import Reaction
from channels.wecom.errcodes import ERRCODES

BAD_BELL_TOKEN = 95007
BAD_PARAMETER = 40058
"""The callback's token is over 10 minutes old: pull without it."""
SESSION_ENDED = 95013
NOT_A_SERVICER = 95014
ILLEGAL_CHANGE = 95016
"""Somebody else has changed the session meanwhile: look again."""
SESSION_NOT_OURS = 95018
"""The session's state does not let the API speak: look again. Also said when 48 h have gone by."""
SERVICER_STOPPED = 95019

_VAGUE = frozenset({40035, 40058, 40063})
"""The generic complaints about a parameter; the errmsg names it."""
_NAMES_MSGID = re.compile(r"\bmsg_?id\b", re.IGNORECASE)


def says_already_sent(code: int, message: str, body: Mapping[str, object], msgid: str) -> bool:
    """Whether a refused send of ``msgid`` means that the platform knows this msgid from before.

    Which errcode that is, is not published (WeCom 94677 says only that a msgid is unique per account). Two signs are
    taken for it: the answer names our own msgid in ``body``; or it is a generic or unknown code whose errmsg complains
    about the msgid, which is always well-formed as we make it, so that only its being used can be wrong with it.
    """
    if ERRCODES.reaction(code) is not Reaction.REFUSED:
        return False
    if body.get("msgid") == msgid:
        return True
    vague = code in _VAGUE or code not in ERRCODES
    return vague and _NAMES_MSGID.search(message) is not None
