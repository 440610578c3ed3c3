"""Which files a page of messages brings, as rows of table media. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from channels.media.kinds import MediaKind
from conversations.inbound import AgentSaid, Content, File, Image, Inbound, Video, Voice

_MAX_MEDIA_ID = 300


def media_rows(inbounds: Sequence[Inbound], at_ms: int) -> list[dict[str, Any]]:
    """A row for each message with a file, the servicers' too, due at once. ``at_ms`` is real time.

    A row's key is the message's, so that a message that comes again brings its file once.
    """
    rows = []
    for inbound in inbounds:
        found = _file(inbound.content)
        if found is not None and len(found[1]) <= _MAX_MEDIA_ID:
            kind, media_id = found
            rows.append(
                {
                    "key": inbound.key,
                    "conversation_id": inbound.address.conversation_id,
                    "media_id": media_id,
                    "kind": str(kind),
                    "due_ms": at_ms,
                    "created_ms": at_ms,
                }
            )
    return rows


def _file(content: Content) -> tuple[MediaKind, str] | None:
    match content:
        case Image(media_id=media_id):
            return MediaKind.IMAGE, media_id
        case Voice(media_id=media_id):
            return MediaKind.VOICE, media_id
        case Video(media_id=media_id):
            return MediaKind.VIDEO, media_id
        case File(media_id=media_id):
            return MediaKind.FILE, media_id
        case AgentSaid(content=said):
            return _file(said)
        case _:
            return None
