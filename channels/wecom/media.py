"""Temporary media of the app (WeCom 90253 上传临时素材): uploaded once, used for less than three days."""

from __future__ import annotations

import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from channels.calls import Upload
from channels.fitting import misfit
from channels.limits import Allowed, may, sizes
from channels.limits.windows import MEDIA_ID
from channels.outcomes import OutcomeUnknown
from channels.wecom.answers import Failure, answer, text
from channels.wecom.api import QyApi

UPLOAD = "cgi-bin/media/upload"
_SAFETY = timedelta(hours=2)
"""A media id is given up this much before its end: what is sent now may be looked at in a while."""
_KEPT = 500
_SECONDS = 30.0


class MediaKind(StrEnum):
    IMAGE = "image"
    VOICE = "voice"
    VIDEO = "video"
    FILE = "file"


_SIZES = {
    MediaKind.IMAGE: sizes.UPLOAD_IMAGE,
    MediaKind.VOICE: sizes.UPLOAD_VOICE,
    MediaKind.VIDEO: sizes.UPLOAD_VIDEO,
    MediaKind.FILE: sizes.UPLOAD_FILE,
}
_MEDIA_TYPES = {
    MediaKind.IMAGE: "image/png",
    MediaKind.VOICE: "audio/amr",
    MediaKind.VIDEO: "video/mp4",
    MediaKind.FILE: "application/octet-stream",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Uploaded:
    media_id: str
    at: datetime


class MediaUploads:
    """Gives the media id of a file, and uploads the same content only once in its life.

    Each process remembers for itself: a file uploaded twice costs a call and nothing else. ``now`` gives real
    time in seconds since 1970: a media id's life is the platform's.
    """

    def __init__(self, api: QyApi, *, now: Callable[[], float] = time.time) -> None:
        self._api = api
        self._now = now
        self._uploaded: OrderedDict[tuple[MediaKind, str], _Uploaded] = OrderedDict()

    async def media_id(
        self, kind: MediaKind, content: bytes, name: str, *, media_type: str | None = None
    ) -> str | Failure:
        """A media id that is good for two hours at least. ``name`` is what the receiver sees of a file."""
        key = (kind, hashlib.sha256(name.encode() + b"\0" + content).hexdigest())
        known = self._uploaded.get(key)
        if known is not None and self._good(known):
            self._uploaded.move_to_end(key)
            return known.media_id
        problem = misfit((_SIZES[kind], content))
        if problem is not None:
            return problem
        began = self._time()
        file = Upload(content=content, name=name, media_type=media_type or _MEDIA_TYPES[kind])
        result = await self._api.upload(UPLOAD, file, params={"type": kind.value}, seconds=_SECONDS)
        given = answer(result)
        if isinstance(given, Failure):
            return given
        media_id = text(given, "media_id")
        if not media_id:
            return OutcomeUnknown(reason="uploaded, but the answer holds no media_id")
        self._uploaded[key] = _Uploaded(media_id=media_id, at=began)
        while len(self._uploaded) > _KEPT:
            self._uploaded.popitem(last=False)
        return media_id

    def forget(self, media_id: str) -> None:
        """The platform has refused this id (40007): the next call uploads again."""
        for key in [key for key, known in self._uploaded.items() if known.media_id == media_id]:
            del self._uploaded[key]

    def _good(self, uploaded: _Uploaded) -> bool:
        return isinstance(may(MEDIA_ID, (), self._time() + _SAFETY, began=uploaded.at), Allowed)

    def _time(self) -> datetime:
        return datetime.fromtimestamp(self._now(), UTC)
