"""Reading the stream: bells, cursors, pages, tokens, retention, what each item holds."""

from io import BytesIO

import aiohttp
import pytest

from tests.functional.simulator.corp_bot import ACCOUNT, OTHER_ACCOUNT, CorpBot, CorpClient, text


async def test_a_word_of_a_customer_rings_and_can_be_read_once(corp: CorpClient, corp_bot: CorpBot) -> None:
    done = await corp.act("c1", "say", text="你好")
    (item,) = await corp.sync()
    assert item["msgid"] == done["msgid"]
    assert item == {
        "msgid": done["msgid"],
        "open_kfid": ACCOUNT,
        "external_userid": done["external_userid"],
        "send_time": item["send_time"],
        "origin": 3,
        "msgtype": "text",
        "text": {"content": "你好"},
    }
    assert await corp.sync() == []
    (bell,) = corp_bot.seen
    assert bell.names() == ["ToUserName", "CreateTime", "MsgType", "Event", "Token", "OpenKfId"]
    assert text(bell, "MsgType") == "event"


async def test_an_event_has_its_ids_inside_only(corp: CorpClient) -> None:
    done = await corp.act("c1", "enter", scene="shop", scene_param="a%3D1")
    (item,) = await corp.sync()
    assert set(item) == {"msgid", "send_time", "origin", "msgtype", "event"}
    assert item["origin"] == 4
    assert item["event"] == {
        "event_type": "enter_session",
        "open_kfid": ACCOUNT,
        "external_userid": done["external_userid"],
        "scene": "shop",
        "scene_param": "a%3D1",
        "welcome_code": done["welcome_code"],
    }


async def test_pages_follow_the_cursor_and_end(corp: CorpClient) -> None:
    await corp.sim("POST", "kefu/bulk", {"customers": 3, "messages": 7})
    await corp.sim("POST", "settle")
    cursor, sizes, read = "", [], []
    token = corp.bot.bells()[-1][0]
    while True:
        body = {"open_kfid": ACCOUNT, "cursor": cursor, "token": token, "limit": 8}
        answer = await corp.api("kf/sync_msg", body)
        page = answer["msg_list"]
        assert isinstance(page, list)
        read += [item["msgid"] for item in page]
        sizes.append(len(page))
        cursor = str(answer["next_cursor"])
        assert len(cursor) <= 64
        if answer["has_more"] == 0:
            break
    assert sizes == [8, 8, 5]
    assert len(set(read)) == 21
    assert len(corp.bot.bells()) == 1


async def test_an_empty_page_may_say_that_there_is_more(corp: CorpClient) -> None:
    await corp.act("c1", "say", text="你好")
    await corp.sim("PATCH", "settings", {"corp": {"kefu_sync_empty_pages": 2}})
    await corp.sim("POST", "settle")
    body = {"open_kfid": ACCOUNT, "token": corp.bot.bells()[-1][0]}
    first = await corp.api("kf/sync_msg", body)
    assert (first["has_more"], first["msg_list"]) == (1, [])
    assert [item["msgtype"] for item in await corp.sync()] == ["text"]


async def test_a_token_lives_ten_minutes_and_for_its_own_account(corp: CorpClient) -> None:
    await corp.act("c1", "say", text="你好")
    await corp.act("c1", "say", text="在吗", account=OTHER_ACCOUNT)
    await corp.sim("POST", "settle")
    tokens = {account: token for token, account in corp.bot.bells()}
    assert await corp.errcode("kf/sync_msg", {"open_kfid": ACCOUNT, "token": tokens[OTHER_ACCOUNT]}) == 95007
    assert await corp.errcode("kf/sync_msg", {"open_kfid": ACCOUNT, "token": "ENCx"}) == 95007
    assert await corp.errcode("kf/sync_msg", {"open_kfid": ACCOUNT, "token": "x" * 129}) == 40058
    await corp.pass_time(599)
    assert await corp.errcode("kf/sync_msg", {"open_kfid": ACCOUNT, "token": tokens[ACCOUNT]}) == 0
    await corp.pass_time(2)
    assert await corp.errcode("kf/sync_msg", {"open_kfid": ACCOUNT, "token": tokens[ACCOUNT]}) == 95007


async def test_without_a_token_only_a_few_calls_a_minute(corp: CorpClient) -> None:
    await corp.sim("PATCH", "settings", {"corp": {"kefu_sync_without_token_per_minute": 2}})
    codes = [await corp.errcode("kf/sync_msg", {"open_kfid": ACCOUNT}) for _ in range(3)]
    assert codes == [0, 0, 45009]
    await corp.pass_time(60)
    assert await corp.errcode("kf/sync_msg", {"open_kfid": ACCOUNT}) == 0


async def test_what_is_older_than_three_days_is_gone(corp: CorpClient) -> None:
    await corp.act("c1", "say", text="旧")
    await corp.pass_time(3 * 86_400 + 1)
    await corp.act("c1", "say", text="新")
    items = await corp.sync()
    assert [item["text"] for item in items] == [{"content": "新"}]


async def test_streams_are_separate(corp: CorpClient) -> None:
    await corp.act("c1", "say", text="一", account=OTHER_ACCOUNT)
    await corp.act("c1", "say", text="二")
    assert [item["text"] for item in await corp.sync()] == [{"content": "二"}]
    body = {"open_kfid": OTHER_ACCOUNT, "cursor": corp.cursor}
    assert await corp.errcode("kf/sync_msg", body) == 40058


async def test_a_reader_that_goes_back_is_noticed(corp: CorpClient) -> None:
    await corp.act("c1", "say", text="一")
    await corp.sync()
    await corp.act("c1", "say", text="二")
    await corp.sync()
    corp.cursor = ""
    assert len(await corp.sync()) == 2
    assert (await corp.client.violations())["kefu-out-of-order-pull"] == 1


@pytest.mark.parametrize(
    ("data", "errcode"),
    [
        ({}, 95000),
        ({"open_kfid": "shop"}, 95000),
        ({"open_kfid": "wkUnknown"}, 95004),
        ({"open_kfid": ACCOUNT, "limit": 1001}, 40058),
        ({"open_kfid": ACCOUNT, "voice_format": 2}, 40058),
        ({"open_kfid": ACCOUNT, "cursor": "made-up"}, 40058),
        ({"open_kfid": ACCOUNT, "cursor": 7}, 40058),
        ({"open_kfid": ACCOUNT, "token": 7}, 40058),
    ],
)
async def test_refusals(corp: CorpClient, data: dict[str, object], errcode: int) -> None:
    assert await corp.errcode("kf/sync_msg", data) == errcode


@pytest.mark.parametrize("kind", ["image", "voice", "video", "file"])
async def test_files_of_customers_are_on_the_corps_shelf(corp: CorpClient, kind: str) -> None:
    await corp.act("c1", kind)
    (item,) = await corp.sync()
    assert item["msgtype"] == kind
    body = item[kind]
    assert isinstance(body, dict)
    answer = await corp.send(item["external_userid"], "", msgtype=kind, **{kind: body})
    assert answer["errcode"] == 0


@pytest.mark.parametrize(
    "kind",
    [
        *("location", "link", "business_card", "miniprogram", "msgmenu", "channels_shop_product"),
        *("channels_shop_order", "merged_msg", "channels", "meeting", "calendar", "note"),
    ],
)
async def test_every_other_kind_has_a_body_of_its_name(corp: CorpClient, kind: str) -> None:
    await corp.act("c1", kind, extra="seen")
    (item,) = await corp.sync()
    body = item[kind]
    assert isinstance(body, dict)
    assert body["extra"] == "seen"


async def test_unknown_kinds_can_come_too(corp: CorpClient) -> None:
    await corp.act("c1", "raw", msgtype="hologram", body={"depth": 3})
    (item,) = await corp.sync()
    assert (item["msgtype"], item["hologram"]) == ("hologram", {"depth": 3})


async def test_a_file_too_large_comes_as_a_text(corp: CorpClient) -> None:
    url = f"{corp.client.url}/_sim/kefu/customers/c1/image"
    form = aiohttp.FormData()
    form.add_field("media", BytesIO(bytes((2 << 20) + 1)), filename="a.png", content_type="image/png")
    async with corp.client.session.post(url, data=form) as response:
        assert response.status == 200, await response.text()
    (item,) = await corp.sync()
    assert item["msgtype"] == "text"


async def test_recalls_come_as_events(corp: CorpClient) -> None:
    done = await corp.act("c1", "say", text="说错了")
    await corp.act("c1", "recall", msgid=done["msgid"])
    event = (await corp.sync())[1]["event"]
    assert isinstance(event, dict)
    assert (event["event_type"], event["recall_msgid"]) == ("user_recall_msg", done["msgid"])
    await corp.sim("POST", "kefu/customers/c1/recall", {"msgid": "other"}, status=400)


async def test_a_bell_may_ring_for_nothing(corp: CorpClient) -> None:
    await corp.sim("POST", "kefu/ring", {"account": OTHER_ACCOUNT})
    await corp.sim("POST", "settle")
    ((token, account),) = corp.bot.bells()
    answer = await corp.api("kf/sync_msg", {"open_kfid": account, "token": token})
    assert (account, answer["has_more"], answer["msg_list"]) == (OTHER_ACCOUNT, 0, [])


async def test_pages_may_be_empty_by_chance(corp: CorpClient) -> None:
    await corp.sim("POST", "kefu/bulk", {"customers": 1, "messages": 30})
    await corp.sim("PATCH", "settings", {"corp": {"kefu_sync_empty_probability": 0.5}})
    assert len(await corp.sync(limit=1)) == 30
    calls = (await corp.sim("GET", "log?kind=corp.call&limit=1000"))["entries"]
    assert isinstance(calls, list)
    assert sum(entry["path"].endswith("sync_msg") for entry in calls) > 35


async def test_acts_that_cannot_be_are_refused(corp: CorpClient) -> None:
    await corp.sim("POST", "kefu/customers/c1/dance", {}, status=400)
    await corp.sim("POST", "kefu/customers/c1/say", {"text": ""}, status=400)
    await corp.sim("POST", "kefu/customers/c1/say", {"text": "a", "account": "wkNobody"}, status=400)
    await corp.sim("POST", "kefu/customers/bad%20name/say", {"text": "a"}, status=400)
    await corp.sim("GET", "kefu/customers/c2", status=400)
    await corp.sim("POST", "kefu/servicers/zhangsan/dance", {}, status=400)
    await corp.sim("POST", "kefu/servicers/wangwu/start", {}, status=400)
    await corp.sim("POST", "kefu/servicers/zhangsan/take", {}, status=400)
    await corp.sim("POST", "kefu/bulk", {"customers": 0, "messages": 1}, status=400)


async def test_a_customers_file_can_be_fetched(corp: CorpClient) -> None:
    await corp.act("c1", "image")
    (item,) = await corp.sync()
    body = item["image"]
    assert isinstance(body, dict)
    query = f"access_token={await corp.token()}&media_id={body['media_id']}"
    async with corp.client.session.get(f"{corp.client.corp_url}/cgi-bin/media/get?{query}") as response:
        assert response.content_type == "image/png"
        assert (await response.read()).startswith(b"\x89PNG")


async def test_a_file_lives_three_days(corp: CorpClient) -> None:
    await corp.act("c1", "image")
    (item,) = await corp.sync()
    body = item["image"]
    await corp.pass_time(3 * 86_400 + 1)
    await corp.act("c1", "say", text="还在吗")
    answer = await corp.send(item["external_userid"], "", msgtype="image", image=body)
    assert answer["errcode"] == 40007
