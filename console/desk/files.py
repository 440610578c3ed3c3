"""Files that customers sent, for whoever reads the conversation: pictures in the page, all else to be saved."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import web
from sqlalchemy import select

from console.desk.desk import AgentsDesk
from console.desk.visited import conversation_in
from console.web.visit import Visit
from storage.schema import media

IN_THE_PAGE = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})
"""What browsers draw and never run. Anything else is saved to be opened, whatever its sender called it."""
_ENDINGS = {"audio/amr": "amr", "audio/mpeg": "mp3", "video/mp4": "mp4", "application/pdf": "pdf"}
_KINDS = {"image": "图片", "voice": "语音", "video": "视频", "file": "文件"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A file as a line shows it. ``note``: why there is nothing to open; empty when there is."""

    id: int
    kind: str
    picture: bool
    note: str = ""


def sent_file(row: Any) -> Sent | None:
    """``row``: of ``media``, or of a join with it that found none. Pure."""
    if row.file_id is None:
        return None
    kind = _KINDS.get(row.file_kind, "文件")
    notes = {
        "kept": "",
        "waiting": f"{kind}正在取来…",
        "refused": f"{kind}没有留下：太大，或类型不许收",
        "lost": f"{kind}没取到，平台上已经没有了",
    }
    note = notes.get(row.file_state, f"{kind}没取到")
    picture = row.file_kind == "image" and row.content_type in IN_THE_PAGE
    return Sent(id=row.file_id, kind=kind, picture=picture, note=note)


class FilesScreen:
    """``place``: where a kept file lies, by its name in ``media``."""

    def __init__(self, desk: AgentsDesk, place: Callable[[str], Path]) -> None:
        self._desk = desk
        self._place = place

    async def show(self, visit: Visit) -> web.StreamResponse:
        """Raises HTTPNotFound for a file of another conversation, and for one that is not there."""
        where = conversation_in(visit)
        number = int(visit.request.match_info["file"])
        query = select(media).where(
            media.c.id == number, media.c.conversation_id == where, media.c.state == "kept"
        )
        async with self._desk.database.reading() as connection:
            row = (await connection.execute(query)).one_or_none()
        place = None if row is None or row.file is None else self._place(row.file)
        if row is None or place is None or not place.is_file():
            raise web.HTTPNotFound
        return web.FileResponse(place, headers=_headers(row.content_type or "", row.kind, number))


def _headers(content_type: str, kind: str, number: int) -> dict[str, str]:
    if content_type in IN_THE_PAGE:
        # The bytes behind a number never change.
        return {"Content-Type": content_type, "Cache-Control": "private, max-age=86400"}
    ending = _ENDINGS.get(content_type, "bin")
    return {
        "Content-Type": "application/octet-stream",
        "Content-Disposition": f'attachment; filename="{kind}-{number}.{ending}"',
    }
