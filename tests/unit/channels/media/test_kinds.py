"""Types by first bytes, rows, decisions on downloads, and the folder."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from channels.calls import Answered, Downloaded, DownloadResult, TooLarge
from channels.media.folder import MediaFolder
from channels.media.judging import GiveUp, Keep, Later, judge, pause_seconds
from channels.media.kinds import MediaKind, content_type, max_bytes
from channels.media.rows import media_rows
from channels.media.store import MediaState
from channels.outcomes import NotSent, OutcomeUnknown
from channels.wecom.errcodes import ERRCODES
from conversations.address import Address, Channel
from conversations.inbound import (
    AgentSaid,
    Content,
    File,
    Image,
    Inbound,
    MessageKey,
    Text,
    Video,
    Voice,
)

JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF"
PNG = b"\x89PNG\r\n\x1a\n\x00"
MP4 = b"\x00\x00\x00\x18ftypmp42"
AMR = b"#!AMR\n\x3c"


@pytest.mark.parametrize(
    ("kind", "content", "expected"),
    [
        (MediaKind.IMAGE, JPEG, "image/jpeg"),
        (MediaKind.IMAGE, PNG, "image/png"),
        (MediaKind.IMAGE, b"GIF89a..", "image/gif"),
        (MediaKind.IMAGE, b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        (MediaKind.IMAGE, b"<svg xmlns='http://www.w3.org/2000/svg'/>", None),
        (MediaKind.IMAGE, MP4, None),
        (MediaKind.IMAGE, b"", None),
        (MediaKind.VOICE, AMR, "audio/amr"),
        (MediaKind.VOICE, b"\x02#!SILK_V3", "audio/silk"),
        (MediaKind.VOICE, b"#!/bin/sh\n", None),
        (MediaKind.VIDEO, MP4, "video/mp4"),
        (MediaKind.VIDEO, JPEG, None),
        (MediaKind.FILE, b"%PDF-1.7", "application/pdf"),
        (MediaKind.FILE, b"PK\x03\x04....", "application/zip"),
        (MediaKind.FILE, PNG, "image/png"),
        (MediaKind.FILE, "订单号 20261122".encode(), "text/plain"),
        (MediaKind.FILE, "订单号 20261122".encode("gbk"), "text/plain"),
        (MediaKind.FILE, b"<html><script>alert(1)</script></html>", "text/plain"),
        (MediaKind.FILE, b"#!/bin/sh\nrm -rf /\n", None),
        (MediaKind.FILE, b"MZ\x90\x00\x03", None),
        (MediaKind.FILE, b"\x7fELF\x02\x01", None),
        (MediaKind.FILE, b"a\x00b", None),
        (MediaKind.FILE, b"", None),
    ],
)
def test_only_its_own_bytes_say_what_a_file_is(kind: MediaKind, content: bytes, expected: str | None) -> None:
    assert content_type(kind, content) == expected


def test_a_text_whose_beginning_ends_within_a_character_is_text() -> None:
    assert content_type(MediaKind.FILE, b"a" + "橙".encode() * 2000) == "text/plain"


@pytest.mark.parametrize(
    ("channel", "megabytes"), [(Channel.KEFU, [2, 2, 10, 20]), (Channel.OFFICIAL, [10, 2, 10, 20])]
)
def test_the_sizes_are_those_of_the_platform(channel: Channel, megabytes: list[int]) -> None:
    assert [max_bytes(channel, kind) // 1024 // 1024 for kind in MediaKind] == megabytes


def inbound(content: Content, key: str = "kefu:wk1:m1") -> Inbound:
    return Inbound(
        key=MessageKey(key),
        address=Address(channel=Channel.KEFU, account="wk1", peer="wm1"),
        content=content,
        sent_at=datetime(2026, 11, 22, tzinfo=UTC),
        trigger=None,
    )


def test_every_message_with_a_file_is_a_row() -> None:
    contents: list[Content] = [
        Image(media_id="A"),
        Voice(media_id="B"),
        Video(media_id="C"),
        File(media_id="D"),
        AgentSaid(agent="li", content=Image(media_id="E")),
        Text(text="没有文件"),
        AgentSaid(agent="li", content=Text(text="也没有")),
        Image(media_id="x" * 301),
    ]
    rows = media_rows([inbound(content, f"kefu:wk1:{n}") for n, content in enumerate(contents)], 17)
    assert [(row["kind"], row["media_id"]) for row in rows] == [
        ("image", "A"),
        ("voice", "B"),
        ("video", "C"),
        ("file", "D"),
        ("image", "E"),
    ]
    assert rows[0] == {
        "key": "kefu:wk1:0",
        "conversation_id": "kefu:wk1:wm1",
        "media_id": "A",
        "kind": "image",
        "due_ms": 17,
        "created_ms": 17,
    }


def answered(code: int | None) -> Answered:
    return Answered(code=code, message="", body={})


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (Downloaded(content=JPEG, media_type="text/html"), Keep(content=JPEG, content_type="image/jpeg")),
        (
            Downloaded(content=b"<html>", media_type="image/jpeg"),
            GiveUp(state=MediaState.REFUSED, reason="not a type that is kept as image"),
        ),
        (TooLarge(max_bytes=5), GiveUp(state=MediaState.REFUSED, reason="larger than 5 bytes")),
        (
            answered(40007),
            GiveUp(state=MediaState.LOST, reason="errcode 40007: media id invalid or expired"),
        ),
        (answered(45009), Later(reason="errcode 45009: called too frequently", seconds=60)),
        (answered(-1), Later(reason="errcode -1: the platform is busy")),
        (
            answered(None),
            GiveUp(state=MediaState.REFUSED, reason="an answer came in the place of a file"),
        ),
        (NotSent(reason="limit", retry_after=7.0), Later(reason="limit", seconds=7.0)),
        (OutcomeUnknown(reason="http 502"), Later(reason="http 502")),
    ],
)
def test_what_a_download_means(result: DownloadResult, expected: object) -> None:
    assert judge(MediaKind.IMAGE, result, ERRCODES) == expected


def test_the_pauses_grow_to_half_an_hour() -> None:
    assert [pause_seconds(n) for n in (1, 2, 3, 10, 11, 500)] == [2.0, 4.0, 8.0, 1024.0, 1800.0, 1800.0]


async def test_the_folder_names_files_by_their_content(tmp_path: Path) -> None:
    folder = MediaFolder(tmp_path / "media")
    name = await folder.keep(JPEG)
    digest = hashlib.sha256(JPEG).hexdigest()
    assert name == f"{digest[:2]}/{digest}"
    assert folder.path(name).read_bytes() == JPEG
    assert await folder.keep(JPEG) == name
    assert [path.name for path in (tmp_path / "media").rglob("*") if path.is_file()] == [digest]
    assert folder.path(name).stat().st_mode & 0o077 == 0


async def test_a_folder_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "media").write_text("a file in the way")
    with pytest.raises(OSError, match=r"media"):
        await MediaFolder(tmp_path / "media").keep(JPEG)
