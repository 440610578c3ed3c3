"""What a file may be: its size, and its type as its own first bytes say. Pure.

Nothing that the sender or the platform claims about a type is believed: it decides how a browser at the desk opens it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from channels.limits import sizes
from conversations.address import Channel


class MediaKind(StrEnum):
    """Values are stored; never rename them."""

    IMAGE = "image"
    VOICE = "voice"
    VIDEO = "video"
    FILE = "file"


_KEFU_MAX_BYTES: Mapping[MediaKind, int] = MappingProxyType(
    {
        MediaKind.IMAGE: sizes.KEFU_IMAGE_IN.most,
        MediaKind.VOICE: sizes.KEFU_VOICE_IN.most,
        MediaKind.VIDEO: sizes.KEFU_VIDEO_IN.most,
        MediaKind.FILE: sizes.KEFU_FILE_IN.most,
    }
)
_MAX_BYTES: Mapping[MediaKind, int] = MappingProxyType(
    {
        MediaKind.IMAGE: sizes.UPLOAD_IMAGE.most,
        MediaKind.VOICE: sizes.UPLOAD_VOICE.most,
        MediaKind.VIDEO: sizes.UPLOAD_VIDEO.most,
        MediaKind.FILE: sizes.UPLOAD_FILE.most,
    }
)


def max_bytes(channel: Channel, kind: MediaKind) -> int:
    """The largest file of ``kind`` that is kept.

    微信客服 itself brings no larger one. The other platforms name no size for what people send; what may be uploaded
    there stands in for it.
    """
    return (_KEFU_MAX_BYTES if channel is Channel.KEFU else _MAX_BYTES)[kind]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mark:
    """A type that is known by ``start`` at ``offset``."""

    start: bytes
    content_type: str
    offset: int = 0


_IMAGES = (
    _Mark(start=b"\xff\xd8\xff", content_type="image/jpeg"),
    _Mark(start=b"\x89PNG\r\n\x1a\n", content_type="image/png"),
    _Mark(start=b"GIF87a", content_type="image/gif"),
    _Mark(start=b"GIF89a", content_type="image/gif"),
    _Mark(start=b"WEBP", content_type="image/webp", offset=8),
    _Mark(start=b"BM", content_type="image/bmp"),
)
_VOICES = (
    _Mark(start=b"#!AMR", content_type="audio/amr"),
    _Mark(start=b"#!SILK", content_type="audio/silk"),
    _Mark(start=b"\x02#!SILK", content_type="audio/silk"),
    _Mark(start=b"ID3", content_type="audio/mpeg"),
    _Mark(start=b"\xff\xfb", content_type="audio/mpeg"),
    _Mark(start=b"\xff\xf3", content_type="audio/mpeg"),
    _Mark(start=b"Speex", content_type="audio/speex", offset=28),
)
_VIDEOS = (_Mark(start=b"ftyp", content_type="video/mp4", offset=4),)
_DOCUMENTS = (
    _Mark(start=b"%PDF-", content_type="application/pdf"),
    # Also docx, xlsx and pptx.
    _Mark(start=b"PK\x03\x04", content_type="application/zip"),
    # doc, xls and ppt.
    _Mark(start=b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", content_type="application/x-ole-storage"),
    _Mark(start=b"Rar!\x1a\x07", content_type="application/vnd.rar"),
    _Mark(start=b"7z\xbc\xaf\x27\x1c", content_type="application/x-7z-compressed"),
)
_ALLOWED: Mapping[MediaKind, tuple[_Mark, ...]] = MappingProxyType(
    {
        MediaKind.IMAGE: _IMAGES,
        MediaKind.VOICE: _VOICES,
        MediaKind.VIDEO: _VIDEOS,
        MediaKind.FILE: (*_DOCUMENTS, *_IMAGES, *_VOICES, *_VIDEOS),
    }
)
_CONTROLS = frozenset(range(0x20)) - frozenset(b"\t\n\r\f")
_SNIFFED = 4096
_SCRIPT = b"#!"


def content_type(kind: MediaKind, content: bytes) -> str | None:
    """The type of ``content``, or None for what is not kept as a ``kind``.

    A file of plain text, which HTML and SVG are too, is text/plain whatever is in it; programs and scripts are none.
    """
    for mark in _ALLOWED[kind]:
        if content[mark.offset : mark.offset + len(mark.start)] == mark.start:
            return mark.content_type
    return "text/plain" if kind is MediaKind.FILE and _is_text(content) else None


def _is_text(content: bytes) -> bool:
    """UTF-8 or GBK without control characters, as far as the beginning shows."""
    start = content[:_SNIFFED]
    if not start or start.startswith(_SCRIPT) or _CONTROLS.intersection(start):
        return False
    return any(_decodes(start, encoding) for encoding in ("utf-8", "gbk"))


def _decodes(start: bytes, encoding: str) -> bool:
    try:
        start.decode(encoding)
    except UnicodeDecodeError as error:
        # A character that was cut in half at the end is no error.
        return len(start) == _SNIFFED and error.start >= len(start) - 3
    return True
