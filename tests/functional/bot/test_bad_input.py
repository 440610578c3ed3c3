"""Bad input: a 4xx or a polite answer, one line in the log without the text, nothing queued, nobody called."""

from __future__ import annotations

import asyncio
import gzip
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from io import BytesIO
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from sqlalchemy import func, select

from storage.schema import inbox
from tests.functional.bot.callbacks import Callback, Sealer
from tests.functional.bot.shop import QUESTION, right_answer
from tests.functional.bot.watching import api_calls, database_of, drained, hears, rows, until, violations
from tests.functional.world import World
from tests.patience import PATIENCE

pytestmark = pytest.mark.asyncio(loop_scope="module")

SECRET_WORDS = "芝麻开门"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def sealer(world: World) -> Sealer:
    return Sealer.of(world)


async def post(world: World, callback: Callback, **about: Any) -> tuple[int, str]:
    url = f"{world.bot_url}/callback/official"
    async with world.session.post(url, params=dict(callback.query), data=callback.body, **about) as response:
        return response.status, await response.text()


async def stored(world: World) -> int:
    async with database_of(world) as database, database.reading() as connection:
        return int((await connection.execute(select(func.count()).select_from(inbox))).scalar_one())


def rejections(world: World) -> list[str]:
    log = (world.folder / "bot.log").read_text()
    return [line for line in log.splitlines() if "callback.rejected" in line]


@pytest_asyncio.fixture(loop_scope="module")
async def untouched(world: World) -> AsyncIterator[None]:
    """The test's callbacks leave nothing behind but one line each in the log, and call nobody."""
    before = (await stored(world), len(await api_calls(world)), len(rejections(world)))
    length = len((world.folder / "bot.log").read_text())
    yield
    after = (await stored(world), len(await api_calls(world)), len(rejections(world)))
    assert after == (*before[:2], before[2] + 1)
    told = (world.folder / "bot.log").read_text()[length:]
    assert SECRET_WORDS not in told
    assert "Traceback" not in told


def forged(callback: Callback, **query: str) -> Callback:
    return replace(callback, query={**callback.query, **query})


def without(callback: Callback, name: str) -> Callback:
    return replace(callback, query={key: value for key, value in callback.query.items() if key != name})


@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize(
    "change",
    [
        {"msg_signature": "0" * 40},
        {"msg_signature": "非ASCII"},
        {"timestamp": "1"},
        {"timestamp": "9" * 4000},
        {"nonce": "another"},
    ],
)
async def test_a_forged_signature_is_refused(world: World, sealer: Sealer, change: dict[str, str]) -> None:
    callback = forged(sealer.seal(sealer.text(SECRET_WORDS)), **change)
    assert (await post(world, callback))[0] == 403


@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize("name", ["msg_signature", "timestamp", "nonce"])
async def test_a_missing_parameter_is_refused(world: World, sealer: Sealer, name: str) -> None:
    status, _ = await post(world, without(sealer.seal(sealer.text(SECRET_WORDS)), name))
    assert status in (400, 403)


@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize("age", [301, 86_400, -301])
async def test_a_stale_callback_is_refused_though_its_signature_is_right(
    world: World, sealer: Sealer, age: int
) -> None:
    assert (await post(world, sealer.seal(sealer.text(SECRET_WORDS), age=age)))[0] == 403


@pytest.mark.usefixtures("untouched")
async def test_tampered_cipher_text_is_refused(world: World, sealer: Sealer) -> None:
    good = sealer.seal(sealer.text(SECRET_WORDS))
    body = good.body.replace(b"<Encrypt>", b"<Encrypt>AAAA")
    assert (await post(world, replace(good, body=body)))[0] == 403


@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize("cipher", ["AAAA", "", "====", "不是密文", "A" * 44, "A" * 64])
async def test_signed_nonsense_is_refused(world: World, sealer: Sealer, cipher: str) -> None:
    body = f"<xml><Encrypt>{cipher}</Encrypt></xml>".encode()
    status, _ = await post(world, Callback(query=sealer.signed(cipher), body=body))
    assert 400 <= status < 500


@pytest.mark.usefixtures("untouched")
async def test_a_message_for_another_app_is_refused(world: World, sealer: Sealer) -> None:
    callback = sealer.seal(sealer.text(SECRET_WORDS), app_id="wx99other99other")
    assert (await post(world, callback))[0] == 403


@pytest.mark.usefixtures("untouched")
async def test_a_message_for_another_account_is_refused(world: World, sealer: Sealer) -> None:
    callback = sealer.seal(replace(sealer, original_id="gh_other").text(SECRET_WORDS))
    assert (await post(world, callback))[0] == 403


@pytest.mark.usefixtures("untouched")
async def test_clear_bodies_are_refused_in_secure_mode(world: World, sealer: Sealer) -> None:
    clear = sealer.text(SECRET_WORDS)
    callback = Callback(query=sealer.signed(""), body=clear.encode())
    assert (await post(world, callback))[0] == 403


HOSTILE = [
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "芝麻开门"><!ENTITY b "&a;&a;&a;">]><xml>&b;</xml>',
    '<!DOCTYPE x SYSTEM "file:///etc/passwd"><xml/>',
    "<a>" * 5_000 + "</a>" * 5_000,
    "<xml>" + "<a/>" * 5_000 + "</xml>",
    "<xml><Content>芝麻开门",
    "<xml></xml",
    "",
    "芝麻开门",
    "{",
    "[" * 50_000,
    '{"ToUserName": NaN}',
    "<html></html>",
    "<xml>text</xml>",
]


@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize("body", HOSTILE, ids=range(len(HOSTILE)))
async def test_a_hostile_document_is_refused(world: World, sealer: Sealer, body: str) -> None:
    status, _ = await post(world, Callback(query=sealer.signed("x"), body=body.encode()))
    assert 400 <= status < 500


@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize("body", HOSTILE, ids=range(len(HOSTILE)))
async def test_a_hostile_document_is_refused_also_when_it_is_sealed(
    world: World, sealer: Sealer, body: str
) -> None:
    status, _ = await post(world, sealer.seal(body))
    assert 400 <= status < 500


@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize("body", [b"\xff\xfe\x00", b"<xml><Content>\xe4\xb8</Content></xml>", b"\x00" * 100])
async def test_bytes_that_are_no_text_are_refused(world: World, sealer: Sealer, body: bytes) -> None:
    status, _ = await post(world, sealer.seal(body))
    assert 400 <= status < 500


@pytest.mark.usefixtures("untouched")
async def test_five_megabytes_are_refused_unread(world: World, sealer: Sealer) -> None:
    url = f"{world.bot_url}/callback/official"
    try:
        async with world.session.post(
            url, params=sealer.signed("x"), data=BytesIO(bytes(5_000_000))
        ) as response:
            assert response.status == 413
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError):
        pass  # the connection was closed while we were still sending: refused all the same


@pytest.mark.usefixtures("untouched")
async def test_two_megabytes_without_a_length_are_refused(world: World, sealer: Sealer) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(200):
            yield b"x" * 10_000

    url = f"{world.bot_url}/callback/official"
    try:
        async with world.session.post(url, params=sealer.signed("x"), data=pieces()) as response:
            assert response.status == 413
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError):
        pass


@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize("body", [b"no gzip at all", gzip.compress(b"x" * 20_000_000)], ids=["false", "bomb"])
async def test_compressed_bodies_are_no_way_around_the_limits(
    world: World, sealer: Sealer, body: bytes
) -> None:
    callback = Callback(query=sealer.signed("x"), body=body)
    status, _ = await post(world, callback, headers={"Content-Encoding": "gzip"})
    assert 400 <= status < 500


@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize(
    "query", ["", "?signature=a&timestamp=1&nonce=b&echostr=c", "?echostr=%00", "?echostr=1"]
)
async def test_a_verification_that_is_none_is_refused(world: World, query: str) -> None:
    async with world.session.get(f"{world.bot_url}/callback/official{query}") as response:
        assert 400 <= response.status < 500


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
async def test_other_methods_are_not_allowed(world: World, method: str) -> None:
    async with world.session.request(method, f"{world.bot_url}/callback/official") as response:
        assert response.status == 405


@pytest.mark.parametrize(
    "path", ["/callback/wecom", "/callback/", "/callback/official/x", "/", "/..%2f..%2fetc"]
)
async def test_other_paths_are_not_there(world: World, path: str) -> None:
    async with world.session.post(f"{world.bot_url}{path}", data=b"x") as response:
        assert response.status in (404, 405)


@pytest.mark.usefixtures("untouched")
async def test_repeated_parameters_do_not_confuse_the_check(world: World, sealer: Sealer) -> None:
    good = sealer.seal(sealer.text(SECRET_WORDS))
    query = [("msg_signature", "0" * 40), *good.query.items()]
    url = f"{world.bot_url}/callback/official"
    async with world.session.post(url, params=query, data=good.body) as response:
        assert response.status == 403


async def test_a_callback_by_hand_is_a_callback(world: World, sealer: Sealer) -> None:
    """The tests above are refused for what is wrong with them, not for how they are made."""
    status, text = await post(world, sealer.seal(sealer.text(QUESTION)))
    assert status == 200
    assert "<Encrypt>" in text


@pytest.mark.parametrize(
    "content",
    [
        "<![CDATA[]]>",
        "<![CDATA[ \n\t ]]>",
        "<![CDATA[" + "很长" * 60_000 + "]]>",
        "<![CDATA[a]]]]><![CDATA[><Content>b</Content>]]>",
        "<![CDATA[\u0001\u0007\u009f\ufffe\u200b\u202e]]>",
        "<![CDATA[" + "👨‍👩‍👧‍👦🇨🇳" * 500 + "]]>",
        "<![CDATA['; DROP TABLE inbox; --]]>",
        "<![CDATA[{{7*7}} ${7*7} %s %n \\u0000]]>",
        "&#0;",
        "<deep><deeper>x</deeper></deep>",
        "一</Content><Content>二",
    ],
    ids=range(11),
)
async def test_an_odd_text_gets_a_polite_answer_or_a_4xx(world: World, sealer: Sealer, content: str) -> None:
    status, text = await post(world, sealer.seal(sealer.text(content, peer="o_odd")))
    assert status == 200 or 400 <= status < 500
    if status == 200:
        assert text == "success" or "<Encrypt>" in text
    await drained(world)
    assert [row.id for row in await rows(world, inbox) if row.state == "dead"] == []


def about(rest: str, *, peer: str = "o") -> str:
    return f"<xml><ToUserName>gh_demo</ToUserName><FromUserName>{peer}</FromUserName>{rest}</xml>"


SENSELESS = [
    "<xml><ToUserName>gh_demo</ToUserName></xml>",
    about("<MsgType/>", peer=""),
    about("<MsgType>hologram</MsgType>"),
    about("<MsgType>event</MsgType>"),
    about(f"<MsgType>text</MsgType><Content>1</Content><MsgId>{'9' * 100_000}</MsgId>", peer="o" * 100_000),
    about("<MsgType>text</MsgType><Content>1</Content>", peer="a:b:c"),
    about("<MsgType>text</MsgType><Content>1</Content><CreateTime>99999999999999999999</CreateTime>"),
    about("<MsgType>location</MsgType><Location_X>nan</Location_X><Location_Y>1e999</Location_Y>"),
    '{"ToUserName": "gh_demo", "FromUserName": "o", "MsgType": "text", "Content": "\\ud800\\u0000"}',
]


@pytest.mark.parametrize("clear", SENSELESS, ids=range(len(SENSELESS)))
async def test_a_signed_message_without_sense_is_kept_or_refused_and_harms_nobody(
    world: World, sealer: Sealer, clear: str
) -> None:
    status, _ = await post(world, sealer.seal(clear))
    assert status == 200 or 400 <= status < 500
    await drained(world)
    assert [row.id for row in await rows(world, inbox) if row.state == "dead"] == []


@pytest.mark.parametrize(
    "text", ["]]>", "<![CDATA[", "😀👨‍👩‍👧‍👦", "a" * 2_000, "查订单HY20991234567 ]]><x>"]
)
async def test_shoppers_may_type_anything(world: World, text: str) -> None:
    assert await world.says("typist", text)
    assert await violations(world) == {}


async def test_ten_messages_a_second_from_one_person_are_all_dealt_with(world: World) -> None:
    for number in range(40):
        await world.says("flooder", f"订单HY2099333{number:04d}", wait=False)
        await asyncio.sleep(0.1)
    await drained(world)
    assert await world.says("bystander", QUESTION) == right_answer()
    heard = " ".join(await hears(world, "flooder", 1))
    assert re.search("HY2099333", heard)
    counts = await violations(world)
    assert not set(counts) - {"possible-double"}, counts

    async def quiet() -> bool:
        return not await rows(world, inbox, state="waiting")

    await until(quiet, "an empty inbox")


async def test_a_connection_that_says_nothing_holds_up_nobody(world: World, sealer: Sealer) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", world.bot_port)
    writer.write(b"POST /callback/official HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n<xml>")
    await writer.drain()
    assert await world.says("patient-one", QUESTION) == right_answer()
    answer = await asyncio.wait_for(reader.read(), PATIENCE)
    assert b" 408 " in answer.splitlines()[0]
    writer.close()


@pytest.mark.parametrize(
    "raw", [b"\x16\x03\x01\x02", b"GET\r\n\r\n", b"POST / HTTP/9.9\r\n\r\n", b"\x00" * 10_000]
)
async def test_what_is_not_http_is_refused(world: World, raw: bytes) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", world.bot_port)
    writer.write(raw + b"\r\n\r\n")
    answer = await asyncio.wait_for(reader.read(), PATIENCE)
    assert answer == b"" or b" 4" in answer.splitlines()[0]
    writer.close()
    assert "Traceback" not in world.log()
