"""Uploads: once for the same content, again before the id runs out, nothing that is too large."""

import pytest

from channels.outcomes import OutcomeUnknown, Refused
from channels.wecom.media import MediaKind, MediaUploads
from tests.unit.channels.wecom.qyapi import FakeQyApi, errcode, ok

DAY = 86_400.0
MB = 1024 * 1024


class Clock:
    seconds = 1_800_000_000.0

    def __call__(self) -> float:
        return self.seconds


async def test_the_same_content_is_uploaded_once_while_its_id_lives() -> None:
    api, clock = FakeQyApi(ok(media_id="m1"), ok(media_id="m2")), Clock()
    uploads = MediaUploads(api, now=clock)
    assert await uploads.media_id(MediaKind.IMAGE, b"picture", "a.png") == "m1"
    clock.seconds += 3 * DAY - 7201
    assert await uploads.media_id(MediaKind.IMAGE, b"picture", "a.png") == "m1"
    clock.seconds += 1
    assert await uploads.media_id(MediaKind.IMAGE, b"picture", "a.png") == "m2"
    assert [one.params for one in api.asked] == [{"type": "image"}] * 2


async def test_other_content_another_kind_and_another_name_are_other_files() -> None:
    api = FakeQyApi(*(ok(media_id=f"m{n}") for n in range(4)))
    uploads = MediaUploads(api)
    assert await uploads.media_id(MediaKind.FILE, b"content", "a.txt") == "m0"
    assert await uploads.media_id(MediaKind.FILE, b"CONTENT", "a.txt") == "m1"
    assert await uploads.media_id(MediaKind.VIDEO, b"content", "a.txt") == "m2"
    assert await uploads.media_id(MediaKind.FILE, b"content", "b.txt") == "m3"


@pytest.mark.parametrize(
    ("kind", "size"),
    [
        (MediaKind.IMAGE, 10 * MB + 1),
        (MediaKind.VOICE, 2 * MB + 1),
        (MediaKind.VIDEO, 10 * MB + 1),
        (MediaKind.FILE, 20 * MB + 1),
        (MediaKind.FILE, 5),
    ],
)
async def test_a_file_of_a_wrong_size_is_not_uploaded(kind: MediaKind, size: int) -> None:
    api = FakeQyApi()
    refused = await MediaUploads(api).media_id(kind, bytes(size), "a")
    assert isinstance(refused, Refused)
    assert refused.reason.startswith(f"upload.{kind}")
    assert not api.asked


async def test_failures_and_refused_ids_are_not_remembered() -> None:
    api = FakeQyApi(errcode(40004), ok(), ok(media_id="m1"), ok(media_id="m2"))
    uploads = MediaUploads(api)
    assert isinstance(await uploads.media_id(MediaKind.FILE, b"content", "a"), Refused)
    assert isinstance(await uploads.media_id(MediaKind.FILE, b"content", "a"), OutcomeUnknown)
    assert await uploads.media_id(MediaKind.FILE, b"content", "a") == "m1"
    uploads.forget("m1")
    assert await uploads.media_id(MediaKind.FILE, b"content", "a") == "m2"


async def test_memory_is_bounded_and_keeps_what_is_used() -> None:
    api = FakeQyApi(*(ok(media_id=f"m{n}") for n in range(600)))
    uploads = MediaUploads(api)
    for n in range(501):
        await uploads.media_id(MediaKind.FILE, b"content%d" % n, "a")
        await uploads.media_id(MediaKind.FILE, b"content0", "a")
    assert len(api.asked) == 501
    assert await uploads.media_id(MediaKind.FILE, b"content1", "a") == "m501"
