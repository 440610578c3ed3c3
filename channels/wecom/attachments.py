"""What can hang on a welcome or a mass message (WeCom 92135, 92137, 92366): typed, with sizes, as JSON. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

from channels.fitting import misfit
from channels.limits import sizes
from channels.limits.rows import SizeLimit
from channels.outcomes import Refused
from channels.text import clean_text


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageAttachment:
    media_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoAttachment:
    media_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileAttachment:
    media_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkAttachment:
    title: str
    url: str
    description: str = ""
    picture_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MiniProgramAttachment:
    """A page of a mini-program that the corp has linked; ``picture_media_id`` is its cover."""

    app_id: str
    page: str
    title: str
    picture_media_id: str


Attachment = ImageAttachment | VideoAttachment | FileAttachment | LinkAttachment | MiniProgramAttachment


def attached(attachment: Attachment) -> dict[str, object]:
    """The JSON of one attachment."""
    match attachment:
        case ImageAttachment():
            return {"msgtype": "image", "image": {"media_id": attachment.media_id}}
        case VideoAttachment():
            return {"msgtype": "video", "video": {"media_id": attachment.media_id}}
        case FileAttachment():
            return {"msgtype": "file", "file": {"media_id": attachment.media_id}}
        case LinkAttachment():
            return {"msgtype": "link", "link": _link(attachment)}
        case MiniProgramAttachment():
            page = {
                "title": clean_text(attachment.title),
                "pic_media_id": attachment.picture_media_id,
                "appid": attachment.app_id,
                "page": attachment.page,
            }
            return {"msgtype": "miniprogram", "miniprogram": page}
        case _:
            assert_never(attachment)


def unfit(attachments: Sequence[Attachment], most: SizeLimit) -> Refused | None:
    """Refused where there are more attachments than ``most``, or one has a field that is too large."""
    problem = misfit((most, attachments))
    for attachment in attachments:
        problem = problem or _unfit(attachment)
    return problem


def _unfit(attachment: Attachment) -> Refused | None:
    match attachment:
        case LinkAttachment():
            return misfit(
                (sizes.ATTACHED_LINK_TITLE, attachment.title),
                (sizes.ATTACHED_LINK_DESC, attachment.description),
                (sizes.ATTACHED_LINK_URL, attachment.url),
            )
        case MiniProgramAttachment():
            return misfit((sizes.ATTACHED_MINIPROGRAM_TITLE, attachment.title))
        case _:
            return None


def _link(link: LinkAttachment) -> dict[str, str]:
    shown = {"title": clean_text(link.title), "url": link.url}
    shown |= {"desc": clean_text(link.description)} if link.description else {}
    return shown | ({"picurl": link.picture_url} if link.picture_url else {})
