"""Welcome templates (入群欢迎语) that group owners can choose for their customer groups (WeCom 92366)."""

from __future__ import annotations

from dataclasses import dataclass

from channels.fitting import misfit
from channels.limits import sizes
from channels.outcomes import Refused, Sent
from channels.text import clean_text
from channels.wecom.answers import Failure, answer, done, record, text
from channels.wecom.api import QyApi
from channels.wecom.attachments import Attachment, attached, unfit

_BASE = "cgi-bin/externalcontact/group_welcome_template"
ADD, EDIT, GET, DELETE = f"{_BASE}/add", f"{_BASE}/edit", f"{_BASE}/get", f"{_BASE}/del"


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupWelcome:
    """``text`` may hold %NICKNAME%, which becomes the newcomer's name; there is one attachment at most."""

    text: str = ""
    attachment: Attachment | None = None


class GroupWelcomes:
    """The corp's templates, 100 at most. Never raises for anything the network or the platform does."""

    def __init__(self, api: QyApi) -> None:
        self._api = api

    async def add(self, welcome: GroupWelcome, *, tell_owners: bool = False) -> str | Failure:
        """The id of the new template. ``tell_owners``: the platform tells members who own groups about it."""
        body = _body(welcome)
        if isinstance(body, Refused):
            return body
        given = answer(await self._api.call(ADD, {**body, "notify": int(tell_owners)}), repeatable=False)
        return text(given, "template_id") if not isinstance(given, Failure) else given

    async def edit(self, template_id: str, welcome: GroupWelcome) -> Sent | Failure:
        """Replaces the template as a whole."""
        body = _body(welcome)
        if isinstance(body, Refused):
            return body
        return done(await self._api.call(EDIT, {"template_id": template_id, **body}))

    async def text_of(self, template_id: str) -> str | Failure:
        """The words of the template; empty when it has none."""
        given = answer(await self._api.call(GET, {"template_id": template_id}))
        return text(record(given, "text"), "content") if not isinstance(given, Failure) else given

    async def delete(self, template_id: str) -> Sent | Failure:
        return done(await self._api.call(DELETE, {"template_id": template_id}))


def _body(welcome: GroupWelcome) -> dict[str, object] | Refused:
    """The template's part of the JSON; Refused where it is empty or larger than the platform takes."""
    if not welcome.text and welcome.attachment is None:
        return Refused(reason="a welcome without words and attachment")
    problem = misfit((sizes.GROUP_WELCOME_TEXT, welcome.text))
    attachments = () if welcome.attachment is None else (welcome.attachment,)
    problem = problem or unfit(attachments, sizes.WELCOME_ATTACHMENTS)
    if problem is not None:
        return problem
    body: dict[str, object] = {"text": {"content": clean_text(welcome.text)}} if welcome.text else {}
    for one in attachments:
        body |= {name: value for name, value in attached(one).items() if name != "msgtype"}
    return body
