"""Who hears of customers that no person has answered: by the userids in the console, else the members."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from escalation.hours import ALWAYS
from escalation.roster import Post
from escalation.slow_replies import warn
from escalation.telling import Telling
from storage.console_schema import console_accounts
from storage.database import Database
from tests.contract.escalation.people import Shop


@pytest.fixture
def shop(database: Database) -> Shop:
    return Shop(database=database)


async def told(shop: Shop) -> list[Telling]:
    async with shop.database.writing() as connection:
        return await warn(connection, ALWAYS, shop.clock.now(), members=("duty",), url="https://x/desk")


async def known(shop: Shop, login: str, **values: object) -> None:
    async with shop.database.writing() as connection:
        await connection.execute(
            update(console_accounts).where(console_accounts.c.login == login).values(**values)
        )


async def test_the_agent_hears_first_and_the_supervisor_when_it_is_broken(shop: Shop) -> None:
    await shop.employs(Post(login="lin"), Post(login="boss", room=0))
    await known(shop, "lin", wecom_userid="xiaolin")
    await known(shop, "boss", wecom_userid="boss9", roles="manager,supervisor")
    await shop.meets("wang")
    await shop.wants("wang")
    await shop.claims("wang", "lin")
    shop.later(seconds=100)
    assert await told(shop) == []
    shop.later(seconds=30)
    (warned,) = await told(shop)
    assert (warned.userid, warned.key) == ("xiaolin", "wang:case:slow:unanswered:xiaolin")
    assert "先回一句吧：https://x/desk/official%3Agh_shop%3Awang" in warned.text
    assert await told(shop) == [warned], "with the same key, by which it is said once"
    shop.later(seconds=60)
    (broken,) = await told(shop)
    assert broken.userid == "boss9"
    assert "Lin 还没有回" in broken.text


async def test_while_nobody_has_taken_the_customer_supervisors_hear_or_the_members(shop: Shop) -> None:
    await shop.employs(Post(login="boss"), receiving=False)
    await shop.meets("wang")
    await shop.wants("wang")
    shop.later(minutes=2)
    assert [each.userid for each in await told(shop)] == ["duty"]
    await known(shop, "boss", wecom_userid="boss9", roles="supervisor")
    assert [each.userid for each in await told(shop)] == ["boss9"]
    await known(shop, "boss", disabled=1)
    assert [each.userid for each in await told(shop)] == ["duty"]
