"""The greeting of a customer whom a member has just added: one code, twenty seconds, once (WeCom 92137)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from channels.fitting import misfit
from channels.limits import Allowed, may, sizes
from channels.limits.windows import CONTACT_WELCOME_CODE
from channels.outcomes import Refused, Sent, WindowClosed
from channels.text import clean_text
from channels.wecom.answers import Failure, done
from channels.wecom.api import QyApi
from channels.wecom.attachments import Attachment, attached, unfit

SEND = "cgi-bin/externalcontact/send_welcome_msg"
_SECONDS = 5.0


class Welcomes:
    """Spends welcome codes. ``now`` is real time: the code's twenty seconds are the platform's."""

    def __init__(self, api: QyApi, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._api = api
        self._now = now

    async def greet(
        self,
        code: str,
        granted_at: datetime,
        text: str = "",
        attachments: tuple[Attachment, ...] = (),
    ) -> Sent | Failure:
        """Greets with ``text``, attachments or both. ``granted_at`` is the time of the event that brought ``code``.

        WindowClosed, without a call, when the twenty seconds are over. Refused when the code is spent or the two
        have talked already (41050, 41051), NotSent while it is being spent (41096): a repetition never greets twice.
        """
        if not isinstance(may(CONTACT_WELCOME_CODE, (), self._now(), began=granted_at), Allowed):
            return WindowClosed(reason="the welcome code has run out")
        if not text and not attachments:
            return Refused(reason="a welcome without words and attachments")
        problem = misfit((sizes.WELCOME_TEXT, text)) or unfit(attachments, sizes.WELCOME_ATTACHMENTS)
        if problem is not None:
            return problem
        body: dict[str, object] = {"welcome_code": code}
        body |= {"text": {"content": clean_text(text)}} if text else {}
        body |= {"attachments": [attached(one) for one in attachments]} if attachments else {}
        return done(await self._api.call(SEND, body, seconds=_SECONDS))
