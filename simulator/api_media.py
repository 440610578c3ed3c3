"""Temporary files of the account (docs: media/upload, media/get)."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import BodyPartReader, web

from simulator.calls import Call
from simulator.errcodes import ApiError
from simulator.media import SIZE_LIMITS


async def upload(call: Call) -> Mapping[str, object]:
    """``POST /cgi-bin/media/upload?type=``, multipart with one part ``media``."""
    kind = call.query.get("type", "")
    if kind not in SIZE_LIMITS:
        raise ApiError(40004)
    content_type, data = await _part(call.request)
    if not data:
        raise ApiError(41005)
    if len(data) > SIZE_LIMITS[kind]:
        raise ApiError(40006)
    stored = call.world.media.put(kind, content_type, data, call.now)
    name = "thumb_media_id" if kind == "thumb" else "media_id"
    return {"type": kind, name: stored.media_id, "created_at": int(call.now)}


async def download(call: Call) -> Mapping[str, object] | web.Response:
    """``GET /cgi-bin/media/get?media_id=``: the bytes, a JSON address for a video, or a JSON error."""
    stored = call.world.media.get(call.query.get("media_id", ""), call.now)
    if stored is None:
        raise ApiError(40007)
    if stored.kind == "video":
        return {"video_url": f"{call.world.base_url}/_sim/media/{stored.media_id}"}
    suffix = stored.content_type.partition("/")[2] or "bin"
    disposition = f'attachment; filename="{stored.media_id}.{suffix}"'
    return web.Response(
        body=stored.data,
        headers={"Content-Type": stored.content_type, "Content-Disposition": disposition},
    )


async def _part(request: web.Request) -> tuple[str, bytes]:
    if not request.content_type.startswith("multipart/"):
        raise ApiError(41005)
    reader = await request.multipart()
    async for part in reader:
        if isinstance(part, BodyPartReader) and part.name == "media":
            return part.headers.get("Content-Type", "application/octet-stream"), bytes(await part.read())
    raise ApiError(41005)
