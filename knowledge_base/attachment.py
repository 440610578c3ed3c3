"""What goes with an answer besides text: a picture, a file, a link, a page of a mini-program."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never
from urllib.parse import urlsplit

MAX_REF = 500
MAX_TITLE = 64

_MEDIA_ID = re.compile(r"[A-Za-z0-9_\-]{1,256}")
_APP_ID = re.compile(r"wx[0-9a-f]{16}")


class AttachmentKind(StrEnum):
    """Values are stored; never rename them."""

    IMAGE = "image"
    FILE = "file"
    LINK = "link"
    MINIPROGRAM = "miniprogram"


_REFERENCES = {
    AttachmentKind.IMAGE: " http(s) 网址或素材编号（media_id）",
    AttachmentKind.FILE: " http(s) 网址或素材编号（media_id）",
    AttachmentKind.LINK: " http(s) 网址",
    AttachmentKind.MINIPROGRAM: "小程序的 AppID（wx 加 16 位）",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A reference, never the bytes. ``ref``: URL or media id (image, file), URL (link), app id (mini-program, whose
    ``page`` is the path in it); ``thumb``: media id or URL of the small picture beside a link or mini-program.
    """

    kind: AttachmentKind
    ref: str
    title: str = ""
    page: str = ""
    thumb: str = ""

    def as_json(self) -> dict[str, str]:
        fields = {"kind": self.kind.value, "ref": self.ref, "title": self.title, "page": self.page}
        return {name: value for name, value in (fields | {"thumb": self.thumb}).items() if value}

    @classmethod
    def from_json(cls, raw: Mapping[str, object]) -> Attachment:
        """What ``as_json`` wrote; raises ``ValueError`` for an unknown kind or field, ``KeyError`` without ``ref``."""
        unknown = set(raw) - {"kind", "ref", "title", "page", "thumb"}
        if unknown:
            raise ValueError(f"an attachment has no field {min(unknown)!r}")
        return cls(
            kind=AttachmentKind(str(raw["kind"])),
            ref=str(raw["ref"]),
            title=str(raw.get("title", "")),
            page=str(raw.get("page", "")),
            thumb=str(raw.get("thumb", "")),
        )


def attachment_problems(attachment: Attachment) -> list[str]:
    """What is wrong with it, each with its cure."""
    return list(_problems(attachment))


def is_url(text: str) -> bool:
    """Whether a text is a web address that may be sent to a customer."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and not re.search(r"\s", text)


def _problems(attachment: Attachment) -> Iterator[str]:
    name = f"附件 {attachment.kind.value}"
    if max(len(attachment.ref), len(attachment.page), len(attachment.thumb)) > MAX_REF:
        yield f"{name} 的地址超过 {MAX_REF} 个字"
    if len(attachment.title) > MAX_TITLE or "\n" in attachment.title:
        yield f"{name} 的标题应是一行，最多 {MAX_TITLE} 个字"
    if attachment.title.startswith("thumb="):
        yield f"{name} 的标题不能以 thumb= 开头"
    if attachment.thumb and not _is_media(attachment.thumb):
        yield f"{name} 的缩略图应是 http(s) 网址或素材编号（media_id）"
    if not attachment.title and attachment.kind in (AttachmentKind.LINK, AttachmentKind.MINIPROGRAM):
        yield f"{name} 缺少标题"
    yield from _page_problems(name, attachment)
    if not _is_reference(attachment.kind, attachment.ref):
        yield f"{name} 应是{_REFERENCES[attachment.kind]}，不是“{attachment.ref[:40]}”"


def _page_problems(name: str, attachment: Attachment) -> Iterator[str]:
    if attachment.kind is not AttachmentKind.MINIPROGRAM:
        if attachment.page:
            yield f"{name} 不需要页面路径，只有小程序有"
    elif not attachment.page or re.search(r"\s", attachment.page):
        yield f"{name} 缺少页面路径，例如 pages/index.html"


def _is_reference(kind: AttachmentKind, ref: str) -> bool:
    match kind:
        case AttachmentKind.IMAGE | AttachmentKind.FILE:
            return _is_media(ref)
        case AttachmentKind.LINK:
            return is_url(ref)
        case AttachmentKind.MINIPROGRAM:
            return bool(_APP_ID.fullmatch(ref))
        case _:
            assert_never(kind)


def _is_media(ref: str) -> bool:
    return is_url(ref) or bool(_MEDIA_ID.fullmatch(ref))
