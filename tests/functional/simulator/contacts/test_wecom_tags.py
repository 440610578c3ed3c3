"""Customers' tags and a simulated corp kept in step, from events of the shop to what members see, and back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import aiohttp
import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from bot.wecom_tags import TagCalls, TagNews
from channels.tokens import TokenKeeper
from channels.wecom.api import QyApi
from channels.wecom.gettoken import GetToken
from channels.wecom.settings import WecomSettings
from customers.events.event import CustomerEvent, EventKind
from customers.events.intake import EventIntake
from customers.identity.identifier import Identifier, IdentifierKind
from customers.identity.store import IdentityStore
from customers.profile.profiler import Profiler
from customers.profile.store import ProfileStore
from customers.settings import CustomerSettings
from customers.wecom_tags.keeping import TagKeeper
from customers.wecom_tags.store import TagStore
from storage.database import Database
from storage.migrate import migrate
from storage.settings import DatabaseSettings
from storage.times import to_ms
from tests.functional.simulator.contacts.test_sim_contacts import act
from tests.functional.simulator.staff_bot import AGENT_ID, CORP_ID, SECRET, StaffBot
from tests.functional.simulator.staff_client import Json, StaffClient

SHARES, IN_STORE = "爱分享", "到店顾客"


@dataclass
class Shop:
    """The parts of the product that have to do with tags, and the corp."""

    corp: StaffClient
    bot: StaffBot
    database: Database
    api: QyApi
    ahead: timedelta = timedelta(0)
    """How far the shop's time was moved."""
    heard: int = 0

    def __post_init__(self) -> None:
        self.keeper = TagKeeper(self.database, TagCalls(self.api), now_ms=lambda: to_ms(self.now))

    @property
    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    async def happens(self, external_userid: str, kind: EventKind, count: int = 1) -> None:
        """The shop tells of what a customer did."""
        who = (Identifier(IdentifierKind.EXTERNAL_USERID, external_userid),)
        told = [
            CustomerEvent(
                source="mall", event_id=f"{external_userid}-{kind}-{n}", kind=kind, at=self.now, who=who
            )
            for n in range(count)
        ]
        async with self.database.writing() as connection:
            await EventIntake(IdentityStore(None)).take(connection, told, to_ms(self.now))

    async def settle(self) -> None:
        """Everything is told, judged and brought to WeCom."""
        await self.corp.settle()
        news = TagNews(self.database)
        for callback in self.bot.seen[self.heard :]:
            await news.take({node.name: node.text for node in callback.root.children})
        self.heard = len(self.bot.seen)
        profiler = Profiler(self.database, CustomerSettings())
        while await profiler.round(self.now + timedelta(minutes=1)) or await self.keeper.round():
            pass

    async def standing(self, external_userid: str) -> dict[str, set[str]]:
        """``group/tag`` by member, as the members see it."""
        shown = await self.corp.api("GET", "externalcontact/get", external_userid=external_userid)
        return {
            str(follower["userid"]): {
                f"{tag['group_name']}/{tag['tag_name']}" for tag in cast("list[Json]", follower["tags"])
            }
            for follower in cast("list[Json]", shown["follow_user"])
        }

    async def from_people(self, external_userid: str) -> set[str]:
        profile = await ProfileStore(self.database, IdentityStore(None)).of(
            Identifier(IdentifierKind.EXTERNAL_USERID, external_userid)
        )
        assert profile is not None
        found = await TagStore(self.database).from_people(profile.customer_id)
        return {f"{each.tag.group}/{each.tag.name}" for each in found}

    async def tag_id(self, group: str, name: str) -> str:
        listed = await self.corp.api("POST", "externalcontact/get_corp_tag_list", {})
        groups = {each["group_name"]: each["tag"] for each in cast("list[Json]", listed["tag_group"])}
        return next(str(tag["id"]) for tag in cast("list[Json]", groups[group]) if tag["name"] == name)


@asynccontextmanager
async def _open(folder: Path) -> AsyncIterator[Database]:
    database = Database(DatabaseSettings(url=f"sqlite+aiosqlite:///{folder}/xiaoer.db"))
    await migrate(database)
    yield database
    await database.close()


@pytest.fixture
async def shop(corp: StaffClient, bot: StaffBot, tmp_path: Path) -> AsyncIterator[Shop]:
    settings = WecomSettings(
        api_base=corp.corp_url, corp_id=CORP_ID, agent_id=AGENT_ID, secret=SecretStr(SECRET)
    )
    async with _open(tmp_path) as database, aiohttp.ClientSession() as session:
        api = QyApi(settings, session, TokenKeeper(GetToken(settings, session)))
        yield Shop(corp, bot, database, api)


async def test_tags_go_both_ways(shop: Shop) -> None:
    customer = str((await act(shop.corp, "add", userid="lisi", name="小王"))["external_userid"])
    made = await act(shop.corp, "tag-create", group_name="喜好", tags=["甜", "咸"])
    sweet, _ = cast("list[str]", made["tag_ids"])
    await shop.settle()
    await shop.happens(customer, EventKind.SHARE, 3)
    await shop.settle()
    assert await shop.standing(customer) == {"lisi": {f"店小二/{SHARES}"}}

    pair = {"userid": "lisi", "external_userid": customer}
    await act(shop.corp, "tag", **pair, add_tag=[sweet])
    await shop.settle()
    assert await shop.from_people(customer) == {"喜好/甜"}
    assert await shop.standing(customer) == {"lisi": {f"店小二/{SHARES}", "喜好/甜"}}

    ours = await shop.tag_id("店小二", SHARES)
    await act(shop.corp, "tag", **pair, remove_tag=[ours])
    assert await shop.standing(customer) == {"lisi": {"喜好/甜"}}
    with capture_logs() as logs:
        await shop.settle()
    assert await shop.standing(customer) == {"lisi": {f"店小二/{SHARES}", "喜好/甜"}}
    told = [(line["member"], line["given_back"]) for line in logs if line["event"] == "wecom_tags.put_right"]
    assert told == [("lisi", [SHARES])]

    # Another colleague gets the customer: the tags by rules are there, those of the first colleague are not.
    await act(shop.corp, "add", userid="wangwu", external_userid=customer)
    await shop.settle()
    assert (await shop.standing(customer))["wangwu"] == {f"店小二/{SHARES}"}

    await act(shop.corp, "tag-delete", tag_id=[ours])
    await shop.settle()
    assert await shop.standing(customer) == {
        "lisi": {f"店小二/{SHARES}", "喜好/甜"},
        "wangwu": {f"店小二/{SHARES}"},
    }, "a rule still gives it"
    assert await shop.tag_id("店小二", SHARES) != ours
    await act(shop.corp, "tag-edit", id=sweet, name="嗜甜")
    await shop.settle()
    assert await shop.from_people(customer) == {"喜好/嗜甜"}
    assert await shop.corp.violations() == {}


async def test_a_limit_is_waited_for(shop: Shop) -> None:
    path = "/cgi-bin/externalcontact/mark_tag"
    # The platform counts by the minute: let one have just begun.
    await shop.corp.sim("POST", "clock", {"advance_seconds": 60.5 - datetime.now(UTC).timestamp() % 60})
    await shop.corp.sim("PATCH", "settings", {"corp": {"path_calls_per_minute": {path: 2}}})
    customers = [str((await act(shop.corp, "add", userid="lisi"))["external_userid"]) for _ in range(6)]
    for customer in customers:
        await shop.happens(customer, EventKind.STORE_VISIT)
    with capture_logs() as logs:
        await shop.settle()
    assert [line["event"] for line in logs if line["log_level"] == "warning"] == ["wecom_tags.waits"]
    marked = [(await shop.standing(customer))["lisi"] for customer in customers]
    assert sorted(map(len, marked)) == [0, 0, 0, 0, 1, 1]
    await shop.corp.sim("PATCH", "settings", {"corp": {"path_calls_per_minute": {}}})
    shop.ahead = timedelta(seconds=61)
    await shop.settle()
    assert [(await shop.standing(customer))["lisi"] for customer in customers] == [{f"店小二/{IN_STORE}"}] * 6
