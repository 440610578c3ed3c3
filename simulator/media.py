"""Files that shoppers sent and the account uploaded; they live three days (docs: media/upload)."""

from __future__ import annotations

import secrets
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

LIFE = 3 * 86_400.0
"""Seconds that a media id is good for."""

SIZE_LIMITS: Mapping[str, int] = {
    "image": 10 << 20,
    "voice": 2 << 20,
    "video": 10 << 20,
    "thumb": 64 << 10,
}
"""Bytes by type of an uploaded file."""

_SHELF_BYTES = 64 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaFile:
    """One stored file; ``created`` is in epoch seconds."""

    media_id: str
    kind: str
    content_type: str
    data: bytes
    created: float


class MediaShelf:
    """Keeps files by media id; the oldest make room when there are too many bytes."""

    def __init__(self, *, capacity: int = _SHELF_BYTES) -> None:
        self._capacity = capacity
        self._files: dict[str, MediaFile] = {}
        self._bytes = 0

    def put(self, kind: str, content_type: str, data: bytes, now: float) -> MediaFile:
        """Store a file under a new media id."""
        stored = MediaFile(
            media_id=secrets.token_urlsafe(48), kind=kind, content_type=content_type, data=data, created=now
        )
        self._files[stored.media_id] = stored
        self._bytes += len(data)
        while self._bytes > self._capacity and len(self._files) > 1:
            oldest = next(iter(self._files))
            self._bytes -= len(self._files.pop(oldest).data)
        return stored

    def get(self, media_id: str, now: float) -> MediaFile | None:
        """The file, unless it is unknown or older than three days."""
        stored = self._files.get(media_id)
        if stored is None or now - stored.created > LIFE:
            return None
        return stored

    def clear(self) -> None:
        """Forget every file."""
        self._files.clear()
        self._bytes = 0


def sample_picture(width: int = 320, height: int = 240) -> bytes:
    """A small PNG (a soft gradient), for a shopper who sends a picture without choosing one."""
    rows = bytearray()
    for y in range(height):
        rows.append(0)
        for x in range(width):
            rows += bytes((250 - y // 4, 190 - x // 6 + y // 8, 120 + x // 5))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + _chunk(b"IDAT", zlib.compress(bytes(rows), 9))
        + _chunk(b"IEND", b"")
    )


def sample_voice(frames: int = 50) -> bytes:
    """An AMR file of silence, 20 ms a frame."""
    return b"#!AMR\n" + (b"\x3c" + bytes(31)) * frames


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
