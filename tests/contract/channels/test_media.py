"""The keeper of files on real databases, fetching from a small platform."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from sqlalchemy import insert, select, update

from channels.kefu.client import KefuClient
from channels.media.folder import MediaFolder
from channels.media.keeper import MediaKeeper, Source
from channels.media.rows import media_rows
from channels.media.store import LEASE_MS, KeptMedia, MediaStore
from channels.official.client import OfficialClient
from channels.official.errcodes import ERRCODES as OFFICIAL_ERRCODES
from channels.official.settings import OfficialSettings
from channels.official.stable_token import StableToken
from channels.tokens import TokenKeeper
from channels.wecom.api import QyApi
from channels.wecom.errcodes import ERRCODES
from channels.wecom.gettoken import GetToken
from conversations.address import Channel, ConversationId
from conversations.inbound import Content, File, Image
from storage.database import Database
from storage.schema import media
from storage.times import now_ms
from tests.functional.channels import platform as p
from tests.unit.channels.media.test_kinds import JPEG, inbound
from tests.unit.channels.wecom import vectors as v

GET = "/cgi-bin/media/get"
CONVERSATION = ConversationId("kefu:wk1:wm1")


@dataclass
class World:
    platform: p.Platform
    database: Database
    folder: Path
    keeper: MediaKeeper

    async def arrive(self, *contents: Content, **columns: Any) -> None:
        rows = media_rows([inbound(content, f"kefu:wk1:{n}") for n, content in enumerate(contents)], now_ms())
        async with self.database.writing() as connection:
            await connection.execute(insert(media), [{**row, **columns} for row in rows])

    async def states(self) -> list[tuple[str, int, str | None]]:
        async with self.database.reading() as connection:
            rows = await connection.execute(
                select(media.c.state, media.c.attempts, media.c.error).order_by(media.c.id)
            )
            return [(row.state, row.attempts, row.error) for row in rows]

    async def make_due(self) -> None:
        async with self.database.writing() as connection:
            await connection.execute(update(media).values(due_ms=0))

    def files(self) -> list[Path]:
        return [path for path in self.folder.rglob("*") if path.is_file()]


@pytest.fixture
async def world(database: Database, tmp_path: Path) -> AsyncIterator[World]:
    async with p.running() as platform, aiohttp.ClientSession() as session:
        ours = v.settings(api_base=platform.url)
        kefu = KefuClient(QyApi(ours, session, TokenKeeper(GetToken(ours, session))))
        account = OfficialSettings(api_base=platform.url, app_id="wx1")
        official = OfficialClient(account, session, TokenKeeper(StableToken(account, session)))
        sources = {
            Channel.KEFU: Source(download=kefu.download, errcodes=ERRCODES),
            Channel.OFFICIAL: Source(download=official.download, errcodes=OFFICIAL_ERRCODES),
        }
        folder = tmp_path / "media"
        yield World(
            platform, database, folder, MediaKeeper(MediaStore(database), MediaFolder(folder), sources)
        )


def file_of(content: bytes, name: str = "../../etc/passwd") -> p.Answer:
    async def answer(_request: web.Request) -> web.StreamResponse:
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return web.Response(body=content, content_type="image/jpeg", headers=headers)

    return answer


async def test_a_file_is_fetched_checked_and_kept(world: World) -> None:
    world.platform.will_answer(GET, file_of(JPEG))
    await world.arrive(Image(media_id="M1"))
    assert await world.keeper.round()
    assert await world.states() == [("kept", 1, None)]
    kept = await MediaStore(world.database).kept(CONVERSATION)
    assert list(kept) == ["kefu:wk1:0"]
    assert kept["kefu:wk1:0"].content_type == "image/jpeg"
    assert kept["kefu:wk1:0"] == KeptMedia(
        file=kept["kefu:wk1:0"].file, content_type="image/jpeg", size=len(JPEG)
    )
    assert [path.read_bytes() for path in world.files()] == [JPEG]
    assert [asked.query["media_id"] for asked in world.platform.asked_for(GET)] == ["M1"]
    assert not await world.keeper.round()


async def test_the_official_accounts_files_come_from_its_own_host(world: World) -> None:
    world.platform.will_answer(GET, file_of(JPEG))
    await world.arrive(Image(media_id="M1"), conversation_id="official:gh_1:o1")
    assert await world.keeper.round()
    assert await world.states() == [("kept", 1, None)]
    assert world.platform.asked_for(p.TOKEN)


async def test_an_expired_file_is_lost_and_a_false_one_refused(world: World) -> None:
    world.platform.will_answer(
        GET,
        {"errcode": 40007, "errmsg": "invalid media_id"},
    )
    await world.arrive(Image(media_id="M1"))
    await world.keeper.round()
    assert [(state, n) for state, n, _ in await world.states()] == [("lost", 1)]


async def test_a_program_is_refused_whatever_it_calls_itself(world: World) -> None:
    world.platform.will_answer(GET, file_of(b"MZ\x90\x00 not a picture", "photo.jpg"))
    await world.arrive(File(media_id="M1"))
    await world.keeper.round()
    assert [(state, n) for state, n, _ in await world.states()] == [("refused", 1)]
    assert world.files() == []


async def test_a_file_that_is_too_large_is_refused(world: World) -> None:
    world.platform.will_answer(GET, file_of(JPEG + b"\x00" * (2 * 1024 * 1024)))
    await world.arrive(Image(media_id="M1"))
    await world.keeper.round()
    assert await world.states() == [("refused", 1, f"larger than {2 * 1024 * 1024} bytes")]


async def test_what_failed_is_tried_again_later(world: World) -> None:
    async def broken(_request: web.Request) -> web.StreamResponse:
        return web.Response(status=502)

    world.platform.will_answer(GET, broken, {"errcode": -1, "errmsg": "busy"}, file_of(JPEG))
    await world.arrive(Image(media_id="M1"))
    assert await world.keeper.round()
    assert await world.states() == [("waiting", 1, "http 502")]
    assert not await world.keeper.round()
    for _ in range(2):
        await world.make_due()
        assert await world.keeper.round()
    assert await world.states() == [("kept", 3, None)]


async def test_after_three_days_it_is_lost(world: World) -> None:
    world.platform.will_answer(GET, {"errcode": -1, "errmsg": "busy"})
    await world.arrive(Image(media_id="M1"), created_ms=now_ms() - 3 * 24 * 3600 * 1000)
    await world.keeper.round()
    assert [(state, n) for state, n, _ in await world.states()] == [("lost", 1)]


async def test_a_file_is_fetched_by_one_at_a_time(database: Database) -> None:
    async with database.writing() as connection:
        await connection.execute(insert(media), media_rows([inbound(Image(media_id="M1"))], now_ms()))
    first, second = MediaStore(database), MediaStore(database)
    (mine,) = await first.claim(4)
    assert await second.claim(4) == []
    async with database.writing() as connection:
        await connection.execute(update(media).values(due_ms=media.c.due_ms - LEASE_MS))
    (theirs,) = await second.claim(4)
    assert (mine.attempts, theirs.attempts) == (1, 2)
    kept = KeptMedia(file="ab/abc", content_type="image/jpeg", size=3)
    # The first was too slow: what the second decides stands.
    await first.keep(mine, kept)
    assert await first.kept(CONVERSATION) == {}
    await second.keep(theirs, kept)
    assert await first.kept(CONVERSATION) == {"kefu:wk1:m1": kept}
