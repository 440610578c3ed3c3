"""Uploads and downloads of the app and of its robots (WeCom 90253, 90256, 90254, 99110)."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from aiohttp import BodyPartReader, web

from simulator.corp.calls import OK, CorpCall
from simulator.corp.endpoint import Answer, Endpoint
from simulator.corp.errcodes import CorpError
from simulator.corpapp.files import PICTURE_BYTES, SMALLEST, check_picture


async def upload(call: CorpCall) -> Answer:
    """``POST /cgi-bin/media/upload?type=``, multipart with one part ``media``; lives three days."""
    return await _store(call, robot="")


async def robot_upload(call: CorpCall) -> Answer:
    """``POST /cgi-bin/webhook/upload_media?key=&type=file|voice``; only that robot can use the file."""
    key = call.query.get("key", "")
    call.corp.app.robots.get(key)
    return await _store(call, robot=key)


async def upload_picture(call: CorpCall) -> Answer:
    """``POST /cgi-bin/media/uploadimg``: a picture of at most 2 MB that gets an address for ever."""
    content_type, name, data = await _part(call)
    if len(data) < SMALLEST:
        raise CorpError(40006 if data else 44001)
    check_picture(data, PICTURE_BYTES)
    stored = call.corp.app.files.add("image", name, content_type, data, call.now)
    return {**OK, "url": f"{call.corp.base_url}/_media/{stored.media_id}"}


async def download(call: CorpCall) -> Answer:
    """``GET /cgi-bin/media/get?media_id=``: the bytes, or a JSON error with the same status 200."""
    files = call.corp.app.files
    stored = files.get(call.query.get("media_id", ""), call.now)
    disposition = f"attachment; filename*=utf-8''{quote(files.name_of(stored))}"
    return web.Response(
        body=stored.data,
        headers={"Content-Type": stored.content_type, "Content-Disposition": disposition},
    )


async def _store(call: CorpCall, *, robot: str) -> Answer:
    kind = call.query.get("type", "")
    content_type, name, data = await _part(call)
    stored = call.corp.app.files.add(kind, name, content_type, data, call.now, robot=robot)
    return {**OK, "type": kind, "media_id": stored.media_id, "created_at": str(int(call.now))}


async def _part(call: CorpCall) -> tuple[str, str, bytes]:
    if not call.request.content_type.startswith("multipart/"):
        raise CorpError(44001, "multipart/form-data is needed")
    reader = await call.request.multipart()
    async for part in reader:
        if isinstance(part, BodyPartReader) and part.filename:
            content_type = part.headers.get("Content-Type", "application/octet-stream")
            return content_type, part.filename, bytes(await part.read())
    raise CorpError(44001, "the form holds no file with a name")


ENDPOINTS: Mapping[str, Endpoint] = {
    "/cgi-bin/media/upload": Endpoint(method="POST", handler=upload),
    "/cgi-bin/media/uploadimg": Endpoint(method="POST", handler=upload_picture),
    "/cgi-bin/media/get": Endpoint(method="GET", handler=download),
    "/cgi-bin/webhook/upload_media": Endpoint(method="POST", handler=robot_upload, needs_token=False),
}
