"""微信客服 over real HTTP against the simulator: what comes in."""

from __future__ import annotations

from channels.calls import Answered, Downloaded
from channels.kefu.client import Pause
from channels.kefu.pages import Page
from channels.kefu.sending import msgid_of
from channels.media.kinds import MediaKind, content_type
from channels.outcomes import (
    Sent,
)
from conversations.inbound import (
    Card,
    File,
    Image,
    Link,
    Location,
    Notification,
    Recalled,
    SendFailed,
    Text,
    Trigger,
    Unrecognised,
    Video,
    Voice,
)
from tests.functional.channels.kefu.shop import HELLO, Shop
from tests.functional.simulator.corp_bot import (
    ACCOUNT,
)


async def test_everything_that_a_customer_can_send_is_read(shop: Shop) -> None:
    for act in ("image", "voice", "video", "file", "location", "link", "business_card", "miniprogram"):
        await shop.corp.act("c1", act)
    for act in ("channels_shop_product", "channels_shop_order", "merged_msg", "channels"):
        await shop.corp.act("c1", act)
    for act in ("meeting", "calendar", "note"):
        await shop.corp.act("c1", act)
    await shop.corp.act("c1", "raw", msgtype="hologram", body={"x": 1})
    pulled = await shop.pull()
    assert [type(inbound.content) for inbound in pulled] == [
        Image,
        Voice,
        Video,
        File,
        Location,
        Link,
        *[Card] * 9,
        Unrecognised,
    ]
    assert {inbound.trigger for inbound in pulled} == {Trigger.MESSAGE}
    assert len({inbound.address for inbound in pulled}) == 1
    assert len({inbound.key for inbound in pulled}) == len(pulled)


async def test_pulling_again_from_the_start_brings_the_same_keys(shop: Shop) -> None:
    await shop.corp.sim("PATCH", "settings", {"corp": {"kefu_sync_empty_pages": 2, "kefu_page_limit": 3}})
    await shop.corp.sim("POST", "kefu/bulk", {"customers": 2, "messages": 5})
    first = [inbound.key for inbound in await shop.pull()]
    shop.cursor = ""
    again = [inbound.key for inbound in await shop.pull()]
    assert len(first) == len(set(first)) == 10
    assert again == first


async def test_a_bells_token_that_is_too_old_is_left_away(shop: Shop) -> None:
    await shop.begins()
    bell = shop.corp.bot.bells()[-1][0]
    await shop.corp.pass_time(601)
    pause = await shop.client.sync(ACCOUNT, "", bell)
    assert isinstance(pause, Pause)
    assert (pause.without_token, pause.retry_after) == (True, 0.0)
    page = await shop.client.sync(ACCOUNT, "", "")
    assert isinstance(page, Page)
    assert len(page.items) == 1


async def test_an_account_that_is_not_ours_pauses(shop: Shop) -> None:
    pause = await shop.client.sync("wkAAAAstranger", "", "")
    assert isinstance(pause, Pause)
    assert pause.reason.startswith("sync_msg: errcode 95")
    assert (pause.retry_after or 0) >= 60


async def test_recalls_failures_and_servicers_are_told(shop: Shop) -> None:
    customer = await shop.begins()
    done = await shop.corp.act("c1", "say", text="写错了")
    await shop.corp.act("c1", "recall", msgid=done["msgid"])
    sent = await shop.send(HELLO, customer)
    assert isinstance(sent, Sent)
    failed = {"customer": "c1", "msgid": sent.platform_id, "fail_type": 10}
    await shop.corp.sim("POST", "kefu/fail", failed)
    await shop.corp.serve("lisi", "stop")
    wrong, recalled, failure, stopped = await shop.contents()
    assert wrong == Text(text="写错了")
    assert recalled == Recalled(platform_id=str(done["msgid"]))
    assert failure == SendFailed(
        platform_id=msgid_of("k"), fail_type=10, reason="the customer rejects our messages"
    )
    assert isinstance(stopped, Notification)
    assert stopped.name == "servicer_status_change"


async def test_a_picture_is_downloaded_and_a_missing_one_is_not(shop: Shop) -> None:
    await shop.corp.act("c1", "image")
    (picture,) = await shop.contents()
    assert isinstance(picture, Image)
    got = await shop.client.download(picture.media_id, max_bytes=100_000)
    assert isinstance(got, Downloaded)
    assert content_type(MediaKind.IMAGE, got.content) == "image/png"
    missing = await shop.client.download("no-such-media", max_bytes=10_000)
    assert isinstance(missing, Answered)
    assert missing.code == 40007


async def test_names_and_accounts(shop: Shop) -> None:
    customer = await shop.begins()
    (known,) = await shop.client.customers([customer.peer])
    assert known.external_userid == customer.peer
    assert known.nickname
    assert ACCOUNT in [account.open_kfid for account in await shop.client.accounts()]
