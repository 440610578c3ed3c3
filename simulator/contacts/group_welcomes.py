"""Welcome templates that owners can set in their groups (WeCom 92366 入群欢迎语素材管理)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from simulator.contacts.attachments import READERS, KindOfFile
from simulator.corp.errcodes import CorpError
from simulator.corpapp.fields import Json, obj, optional, text

MOST = 100
TEXT_BYTES = 3000


class GroupWelcomes:
    """Templates by id."""

    def __init__(self) -> None:
        self.templates: dict[str, Json] = {}

    def add(self, data: Mapping[str, object], kind_of: KindOfFile) -> str:
        """A new template; raises CorpError 41055 when there are 100."""
        template = _read(data, kind_of)
        if len(self.templates) >= MOST:
            raise CorpError(41055)
        key = "msg" + secrets.token_urlsafe(22)
        self.templates[key] = template
        return key

    def edit(self, data: Mapping[str, object], kind_of: KindOfFile) -> None:
        """Replace a template; raises CorpError 40037 when there is none of that id."""
        key = self._known(data)
        self.templates[key] = _read(data, kind_of)

    def get(self, data: Mapping[str, object]) -> Json:
        """A template; raises CorpError 40037."""
        return self.templates[self._known(data)]

    def delete(self, data: Mapping[str, object]) -> None:
        """Drop a template; raises CorpError 40037."""
        del self.templates[self._known(data)]

    def _known(self, data: Mapping[str, object]) -> str:
        key = text(data, "template_id", 40037)
        if key not in self.templates:
            raise CorpError(40037)
        return key


def _read(data: Mapping[str, object], kind_of: KindOfFile) -> Json:
    """Text of at most 3000 bytes (``%NICKNAME%`` is the newcomer) and at most one of the attachments."""
    template: Json = {}
    words = optional(obj(data, "text"), "content") if data.get("text") is not None else ""
    if len(words.encode()) > TEXT_BYTES:
        raise CorpError(45002, f"text.content has more than {TEXT_BYTES} bytes")
    if words:
        template["text"] = {"content": words}
    kinds = [kind for kind in READERS if data.get(kind) is not None]
    if len(kinds) > 1:
        raise CorpError(41064, "one attachment only")
    for kind in kinds:
        template[kind] = READERS[kind](obj(data, kind), kind_of)
    if not template:
        raise CorpError(40063, "text and attachment")
    return template
