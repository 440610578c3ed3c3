"""What the page needs from the control API: files on the phones, who served before, names in customer groups."""

from typing import cast

from tests.functional.simulator.corp_bot import CorpClient

Json = dict[str, object]


async def session(corp: CorpClient, customer: str) -> Json:
    """The customer's session with the first account."""
    shown = await corp.sim("GET", f"kefu/customers/{customer}")
    (found,) = cast("list[Json]", shown["sessions"])
    return found


async def test_files_that_customers_send_are_shown_by_the_control_port(corp: CorpClient) -> None:
    await corp.act("c1", "image")
    lines = cast("list[Json]", (await corp.sim("GET", "kefu/customers/c1/transcript"))["lines"])
    media_id = cast("Json", lines[0]["content"])["media_id"]
    url = f"{corp.client.url}/_sim/media/{media_id}"
    async with corp.client.session.get(url) as response:
        assert (response.status, response.content_type) == (200, "image/png")
        assert (await response.read()).startswith(b"\x89PNG")
        assert response.headers["X-Content-Type-Options"] == "nosniff"
    async with corp.client.session.get(f"{corp.client.url}/_sim/media/none") as response:
        assert response.status == 404


async def test_a_session_tells_who_served_before_and_whether_it_is_refused(corp: CorpClient) -> None:
    person = (await corp.act("c1", "say", text="你好"))["external_userid"]
    begun = await session(corp, "c1")
    assert (begun["servicer"], begun["last_servicer"], begun["rejected"]) == (None, None, False)
    await corp.trans(person, 3, "zhangsan")
    await corp.serve("zhangsan", "reject", customer="c1")
    assert (await session(corp, "c1"))["rejected"] is True
    await corp.serve("zhangsan", "end", customer="c1")
    ended = await session(corp, "c1")
    assert (ended["state"], ended["servicer"], ended["last_servicer"]) == (4, None, "zhangsan")
    assert ended["rejected"] is False


async def test_a_customer_of_the_shop_keeps_the_nickname_in_a_group(corp: CorpClient) -> None:
    customer = await corp.sim("POST", "kefu/customers", {"id": "c1", "nickname": "王女士"}, status=201)
    external = cast("str", customer["external_userid"])
    chat = {"chat_id": "wrOne"}
    await corp.sim("POST", "contacts/acts", {"act": "group-create", "owner": "zhangsan", **chat})
    joined = {"act": "group-join", "people": [external, "wmStranger"], **chat}
    await corp.sim("POST", "contacts/acts", joined)
    shown = await corp.sim("GET", "contacts/groups/wrOne")
    members = cast("list[Json]", shown["members"])
    assert [member["name"] for member in members][1:] == ["王女士", "wmStranger"]
    (group,) = cast("list[Json]", (await corp.sim("GET", "contacts"))["groups"])
    assert group["member_ids"] == ["zhangsan", external, "wmStranger"]
