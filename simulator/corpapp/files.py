"""Files that the app and its robots upload: three days, by type and size (WeCom 90253, 90256, 99110)."""

from __future__ import annotations

from collections.abc import Mapping

from simulator.corp.errcodes import CorpError
from simulator.media import MediaFile, MediaShelf

SMALLEST = 6
"""Bytes; a file must have more than five."""

SIZES: Mapping[str, tuple[int, int]] = {
    "image": (10 << 20, 40009),
    "voice": (2 << 20, 301016),
    "video": (10 << 20, 40011),
    "file": (20 << 20, 40006),
}
"""Most bytes by type, and the code for more."""

PICTURE_BYTES = 2 << 20
"""Most bytes of a picture given to media/uploadimg or sent by a robot."""

ROBOT_KINDS = frozenset({"file", "voice"})


class AppFiles:
    """Keeps who uploaded each file of the shared shelf, and under what name."""

    def __init__(self, shelf: MediaShelf) -> None:
        self._shelf = shelf
        self._robots: dict[str, str] = {}
        self._names: dict[str, str] = {}

    def add(
        self, kind: str, name: str, content_type: str, data: bytes, now: float, *, robot: str = ""
    ) -> MediaFile:
        """Store an upload; ``robot`` is the key when a robot uploads it. Raises CorpError."""
        if kind not in (ROBOT_KINDS if robot else SIZES):
            raise CorpError(40004, "type")
        check_file(kind, data)
        stored = self._shelf.put(kind, content_type, data, now)
        self._names[stored.media_id] = name
        if robot:
            self._robots[stored.media_id] = robot
        return stored

    def get(self, media_id: str, now: float) -> MediaFile:
        """A living file of the app, whoever put it on the shelf; raises CorpError 41006 or 40007."""
        if not media_id:
            raise CorpError(41006)
        stored = self._shelf.get(media_id, now)
        if stored is None or media_id in self._robots:
            raise CorpError(40007)
        return stored

    def kind_of(self, media_id: str, now: float, *, robot: str = "") -> str | None:
        """The type of a living file that this sender may use; None when there is none."""
        stored = self._shelf.get(media_id, now)
        mine = self._robots.get(media_id, "") == robot
        return stored.kind if stored is not None and mine else None

    def name_of(self, stored: MediaFile) -> str:
        """The name under which the file was uploaded."""
        suffix = stored.content_type.partition("/")[2] or "bin"
        return self._names.get(stored.media_id) or f"{stored.media_id}.{suffix}"


def check_file(kind: str, data: bytes) -> None:
    """Size and format of an upload; raises CorpError 44001, 40006, or the code of the type."""
    most, too_big = SIZES[kind]
    if not data:
        raise CorpError(44001)
    if len(data) < SMALLEST:
        raise CorpError(40006, "a file has more than 5 bytes")
    if len(data) > most:
        raise CorpError(too_big, f"more than {most} bytes")
    if kind == "image":
        check_picture(data, most)
    if kind == "voice" and not data.startswith(b"#!AMR"):
        raise CorpError(301017, "only AMR")


def check_picture(data: bytes, most: int) -> None:
    """A JPG or PNG of at most so many bytes; raises CorpError 40009 or 40123."""
    if len(data) > most:
        raise CorpError(40009, f"more than {most} bytes")
    if not data.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):
        raise CorpError(40123, "neither JPG nor PNG")
