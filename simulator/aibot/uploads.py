"""Files that the bot uploads over the long connection in pieces (aibot_upload_media_init, _chunk, _finish)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from simulator.aibot.replies import BadReply
from simulator.media import MediaShelf

CHUNK_BYTES = 512 << 10
CHUNKS = 100
UPLOAD_SECONDS = 1800.0
_KINDS = frozenset({"file", "image", "voice", "video"})


@dataclass(slots=True, kw_only=True)
class _Upload:
    kind: str
    size: int
    count: int
    md5: str
    began: float
    pieces: dict[int, bytes] = field(default_factory=dict)


class Uploads:
    """The uploads under way; finished ones go to the corp's media shelf."""

    def __init__(self) -> None:
        self._open: dict[str, _Upload] = {}

    def take(self, step: str, body: Mapping[str, object], now: float, shelf: MediaShelf) -> dict[str, object]:
        """Carry out ``init``, ``chunk`` or ``finish``; raises BadReply."""
        match step:
            case "init":
                return self.init(body, now)
            case "chunk":
                return self.chunk(body, now)
            case "finish":
                return self.finish(body, now, shelf)
        raise BadReply(f"cmd aibot_upload_media_{step} is unknown")

    def init(self, body: Mapping[str, object], now: float) -> dict[str, object]:
        """``{"type", "filename", "total_size", "total_chunks", "md5"?}`` → ``{"upload_id"}``; raises BadReply."""
        kind, size, count = body.get("type"), _whole(body, "total_size"), _whole(body, "total_chunks")
        if kind not in _KINDS:
            raise BadReply(f"type must be one of {', '.join(sorted(_KINDS))}")
        if not 1 <= count <= CHUNKS or not 5 < size <= CHUNKS * CHUNK_BYTES:
            raise BadReply(f"1 to {CHUNKS} chunks of at most {CHUNK_BYTES} bytes")
        key = secrets.token_urlsafe(24)
        self._open[key] = _Upload(
            kind=str(kind), size=size, count=count, md5=str(body.get("md5", "")), began=now
        )
        return {"upload_id": key}

    def chunk(self, body: Mapping[str, object], now: float) -> dict[str, object]:
        """``{"upload_id", "chunk_index" (from 1; 0 is taken too), "base64_data"}``; raises BadReply."""
        upload, index = self._get(body, now), _whole(body, "chunk_index")
        try:
            data = base64.b64decode(str(body.get("base64_data", "")), validate=True)
        except (binascii.Error, ValueError) as error:
            raise BadReply("base64_data is not Base64") from error
        if not 0 < len(data) <= CHUNK_BYTES or not 0 <= index <= upload.count:
            raise BadReply("a chunk has 1 byte to 512 KB and an index within the announced count")
        upload.pieces[index] = data
        return {}

    def finish(self, body: Mapping[str, object], now: float, shelf: MediaShelf) -> dict[str, object]:
        """``{"upload_id"}`` → ``{"type", "media_id", "created_at"}``; raises BadReply."""
        upload = self._get(body, now)
        data = b"".join(upload.pieces[index] for index in sorted(upload.pieces))
        if len(upload.pieces) != upload.count or len(data) != upload.size:
            raise BadReply("chunks are missing or the size is another")
        if upload.md5 and hashlib.md5(data, usedforsecurity=False).hexdigest() != upload.md5:
            raise BadReply("md5 does not match")
        del self._open[str(body["upload_id"])]
        stored = shelf.put(upload.kind, "application/octet-stream", data, now)
        return {"type": upload.kind, "media_id": stored.media_id, "created_at": str(int(now))}

    def _get(self, body: Mapping[str, object], now: float) -> _Upload:
        upload = self._open.get(str(body.get("upload_id", "")))
        if upload is None or now - upload.began > UPLOAD_SECONDS:
            raise BadReply("upload_id is unknown or older than 30 minutes")
        return upload


def _whole(body: Mapping[str, object], name: str) -> int:
    value = body.get(name)
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadReply(f"{name} must be a whole number")
    return value
