"""Who serves a session: changes by API, by people, by native reception; and who can serve."""

import pytest

from tests.functional.simulator.corp_bot import ACCOUNT, CorpClient


async def begin(corp: CorpClient, customer: str = "c1") -> object:
    """A customer writes; returns their external_userid."""
    return (await corp.act(customer, "say", text="你好"))["external_userid"]


async def speak(corp: CorpClient, code: object, words: str) -> object:
    """Spend a code; returns the errcode."""
    data = {"code": code, "msgtype": "text", "text": {"content": words}}
    return await corp.errcode("kf/send_msg_on_event", data)


async def events(corp: CorpClient) -> list[dict[str, object]]:
    """The events in the stream that are new."""
    found = [item["event"] for item in await corp.sync() if item["msgtype"] == "event"]
    return [event for event in found if isinstance(event, dict)]


async def test_to_the_pool_and_to_a_person(corp: CorpClient) -> None:
    person = await begin(corp)
    assert await corp.state(person) == {"service_state": 0}
    assert await corp.trans(person, 1) == {"errcode": 0, "errmsg": "ok"}
    queued = await corp.trans(person, 2)
    assert await corp.state(person) == {"service_state": 2}
    assert (await corp.send(person, "好"))["errcode"] == 95018
    assert await speak(corp, queued["msg_code"], "正在为您转接") == 0
    assert await speak(corp, queued["msg_code"], "再说一次") == 41051
    assert await corp.words("c1") == ["正在为您转接"]
    taken = await corp.serve("zhangsan", "take", customer="c1")
    assert await corp.state(person) == {"service_state": 3, "servicer_userid": "zhangsan"}
    (event,) = await events(corp)
    assert event == {
        "event_type": "session_status_change",
        "open_kfid": ACCOUNT,
        "external_userid": person,
        "change_type": 1,
        "new_servicer_userid": "zhangsan",
        "msg_code": taken["msg_code"],
    }
    assert await speak(corp, taken["msg_code"], "张三为您服务") == 0


async def test_what_a_person_writes_comes_with_origin_5(corp: CorpClient) -> None:
    person = await begin(corp)
    await corp.trans(person, 3, "lisi")
    said = await corp.serve("lisi", "say", customer="c1", text="我是李四")
    await corp.act("c1", "say", text="你好李四")
    items = await corp.sync()
    assert [item["origin"] for item in items] == [3, 5, 3]
    assert items[1]["servicer_userid"] == "lisi"
    assert "servicer_userid" not in items[2]
    await corp.serve("lisi", "recall", customer="c1", msgid=said["msgid"])
    (event,) = await events(corp)
    assert (event["event_type"], event["recall_msgid"]) == ("servicer_recall_msg", said["msgid"])


async def test_transfer_end_and_reentry(corp: CorpClient) -> None:
    person = await begin(corp)
    await corp.trans(person, 3, "zhangsan")
    await corp.serve("zhangsan", "transfer", customer="c1", to="lisi")
    await corp.serve("zhangsan", "end", customer="c1", status=409)
    ended = await corp.serve("lisi", "end", customer="c1")
    assert await corp.state(person) == {"service_state": 4}
    await corp.serve("lisi", "say", customer="c1", text="还有一事")
    assert await corp.state(person) == {"service_state": 3, "servicer_userid": "lisi"}
    await corp.serve("zhangsan", "reenter", customer="c1")
    await corp.serve("zhangsan", "reenter", customer="c1", status=409)
    found = [
        (event["change_type"], event.get("old_servicer_userid"), event.get("new_servicer_userid"))
        for event in await events(corp)
    ]
    assert found == [(2, "zhangsan", "lisi"), (3, "lisi", None), (4, "lisi", "lisi"), (4, "lisi", "zhangsan")]
    assert await speak(corp, ended["msg_code"], "欢迎下次光临") == 95018


async def test_the_closing_code_lives_20_seconds(corp: CorpClient) -> None:
    person = await begin(corp)
    closed = await corp.trans(person, 4)
    assert await speak(corp, closed["msg_code"], "再见") == 0
    await corp.act("c1", "say", text="还有")
    second = await corp.trans(person, 4)
    await corp.pass_time(20)
    assert await speak(corp, second["msg_code"], "再见") == 41050


async def test_changes_by_api_make_no_events(corp: CorpClient) -> None:
    person = await begin(corp)
    await corp.trans(person, 2)
    await corp.trans(person, 3, "zhangsan")
    await corp.trans(person, 3, "lisi")
    await corp.trans(person, 4)
    assert await events(corp) == []


async def test_a_code_needs_the_state_it_was_given_in(corp: CorpClient) -> None:
    person = await begin(corp)
    queued = await corp.trans(person, 2)
    served = await corp.trans(person, 3, "zhangsan")
    assert await speak(corp, queued["msg_code"], "排队中") == 95018
    assert await speak(corp, served["msg_code"], "张三来了") == 0
    assert "msg_code" not in await corp.trans(person, 3, "lisi")
    assert (await corp.client.violations())["kefu-code-state"] == 1


@pytest.mark.parametrize(
    ("state", "servicer", "errcode"),
    [(0, None, 95016), (3, None, 40003), (3, "wangwu", 95014), (3, "nobody", 95014), (5, None, 40058)],
)
async def test_changes_that_are_refused(
    corp: CorpClient, state: int, servicer: str | None, errcode: int
) -> None:
    assert (await corp.trans(await begin(corp), state, servicer))["errcode"] == errcode


async def test_nothing_changes_an_ended_session_but_the_customer(corp: CorpClient) -> None:
    person = await begin(corp)
    await corp.trans(person, 4)
    for state in (0, 1, 2, 3, 4):
        assert (await corp.trans(person, state, "lisi"))["errcode"] == 95013
    await begin(corp)
    assert await corp.state(person) == {"service_state": 0}


async def test_changes_that_nobody_documents_can_be_forbidden(corp: CorpClient) -> None:
    person = await begin(corp)
    await corp.sim("PATCH", "settings", {"corp": {"kefu_undocumented_changes": False}})
    assert (await corp.trans(person, 4))["errcode"] == 95016


async def test_the_platform_may_change_a_state_without_a_word(corp: CorpClient) -> None:
    person = await begin(corp)
    await corp.trans(person, 2)
    await corp.sim("PUT", "kefu/customers/c1/state", {"state": 4})
    assert await corp.state(person) == {"service_state": 4}
    await corp.sim("PUT", "kefu/customers/c1/state", {"state": 3, "servicer": "lisi"})
    assert await corp.state(person) == {"service_state": 3, "servicer_userid": "lisi"}
    assert await events(corp) == []
    await corp.sim("PUT", "kefu/customers/c1/state", {"state": 5}, status=400)


async def test_who_stopped_receives_nobody(corp: CorpClient) -> None:
    person = await begin(corp)
    await corp.serve("zhangsan", "stop", suspended=True)
    await corp.serve("lisi", "stop")
    assert (await corp.trans(person, 3, "zhangsan"))["errcode"] == 95019
    listed = await corp.api(f"kf/servicer/list?open_kfid={ACCOUNT}", method="GET")
    assert listed["servicer_list"] == [
        {"userid": "zhangsan", "status": 1, "stop_type": 1},
        {"userid": "lisi", "status": 1, "stop_type": 0},
    ]
    await corp.trans(person, 2)
    await corp.serve("zhangsan", "take", customer="c1", status=409)
    await corp.serve("zhangsan", "start")
    await corp.serve("zhangsan", "take", customer="c1")
    told = [
        (event["event_type"], event["servicer_userid"], event["status"], event.get("stop_type"))
        for event in await events(corp)
        if event["event_type"] == "servicer_status_change"
    ]
    kind = "servicer_status_change"
    assert told == [(kind, "zhangsan", 2, 1), (kind, "lisi", 2, 0), (kind, "zhangsan", 1, None)]


async def test_native_reception_takes_new_sessions_away(corp: CorpClient) -> None:
    await corp.sim("PATCH", "settings", {"corp": {"native_reception": True}})
    person = await begin(corp)
    assert await corp.state(person) == {"service_state": 3, "servicer_userid": "zhangsan"}
    assert (await corp.send(person, "好"))["errcode"] == 95018
    await corp.serve("zhangsan", "stop")
    await corp.serve("lisi", "stop")
    assert await corp.state(await begin(corp, "c2")) == {"service_state": 2}
    assert all(event["event_type"] == "servicer_status_change" for event in await events(corp))


async def test_a_session_lapses_after_48_hours(corp: CorpClient) -> None:
    person = await begin(corp)
    await corp.trans(person, 3, "zhangsan")
    await corp.pass_time(48 * 3600)
    assert await corp.state(person) == {"service_state": 4}
    await corp.serve("zhangsan", "end", customer="c1", status=409)


async def test_a_person_may_refuse_a_customers_messages(corp: CorpClient) -> None:
    person = await begin(corp)
    await corp.trans(person, 3, "zhangsan")
    await corp.serve("zhangsan", "reject", customer="c1")
    await corp.sim("POST", "kefu/customers/c1/say", {"text": "喂"}, status=409)
    (event,) = await events(corp)
    assert (event["event_type"], event["reject_switch"]) == ("reject_customer_msg_switch_change", 1)


async def test_adding_servicers_succeeds_in_part(corp: CorpClient) -> None:
    await corp.sim("PUT", "corp/members/hidden", {"visible": False})
    data = {"open_kfid": ACCOUNT, "userid_list": ["wangwu", "nobody", "hidden"], "department_id_list": [2]}
    added = await corp.api("kf/servicer/add", data)
    assert added["errcode"] == 0
    results = added["result_list"]
    assert isinstance(results, list)
    assert [item["errcode"] for item in results] == [0, 60111, 60030, 0]
    listed = await corp.api(f"kf/servicer/list?open_kfid={ACCOUNT}", method="GET")
    servicers = listed["servicer_list"]
    assert isinstance(servicers, list)
    assert servicers[2:] == [{"userid": "wangwu", "status": 0}, {"department_id": 2}]
    removed = await corp.api("kf/servicer/del", data)
    results = removed["result_list"]
    assert isinstance(results, list)
    assert [item["errcode"] for item in results] == [0, 95014, 95014, 0]
    assert await corp.errcode("kf/servicer/add", {"open_kfid": ACCOUNT}) == 40058


async def test_accounts_come_and_go(corp: CorpClient) -> None:
    await corp.act("c1", "image")
    (item,) = await corp.sync()
    picture = item["image"]
    assert isinstance(picture, dict)
    new = await corp.api("kf/account/add", {"name": "新店", **picture})
    assert new["errcode"] == 0
    assert await corp.errcode("kf/account/add", {"name": "长" * 17, **picture}) == 95006
    assert await corp.errcode("kf/account/add", {"name": "新店"}) == 41006
    assert await corp.errcode("kf/account/add", {"name": "新店", "media_id": "none"}) == 40007
    assert await corp.errcode("kf/account/update", {"open_kfid": new["open_kfid"], "name": "老店"}) == 0
    listed = (await corp.api("kf/account/list", {"offset": 1, "limit": 100}))["account_list"]
    assert isinstance(listed, list)
    assert [(item["name"], item["manage_privilege"]) for item in listed] == [("售后", True), ("老店", True)]
    assert await corp.errcode("kf/account/del", {"open_kfid": new["open_kfid"]}) == 0
    assert await corp.errcode("kf/account/del", {"open_kfid": new["open_kfid"]}) == 95004


async def test_customers_are_known_while_they_are_active(corp: CorpClient) -> None:
    await corp.sim("POST", "kefu/customers", {"id": "c1", "nickname": "小美"}, status=201)
    entered = await corp.act("c1", "enter", scene="poster", scene_param="x")
    data = {
        "external_userid_list": [entered["external_userid"], "wmNobody"],
        "need_enter_session_context": 1,
    }
    answer = await corp.api("kf/customer/batchget", data)
    found = answer["customer_list"]
    assert isinstance(found, list)
    assert found[0]["nickname"] == "小美"
    assert found[0]["enter_session_context"] == {"scene": "poster", "scene_param": "x"}
    assert answer["invalid_external_userid"] == ["wmNobody"]
    await corp.pass_time(48 * 3600)
    assert (await corp.api("kf/customer/batchget", data))["customer_list"] == []
    assert await corp.errcode("kf/customer/batchget", {"external_userid_list": ["x"] * 101}) == 40058


async def test_leading_a_customer_into_a_group(corp: CorpClient) -> None:
    person = await begin(corp)
    config = {"member_range": {"userid_list": ["lisi"]}, "groupchat_range": {"chat_id_list": ["wr1"]}}
    await corp.sim("PUT", "kefu/upgrades", config)
    shown = await corp.api("kf/customer/get_upgrade_service_config", method="GET")
    assert shown["groupchat_range"] == {"chat_id_list": ["wr1"]}
    ids = {"open_kfid": ACCOUNT, "external_userid": person}
    offer = {**ids, "type": 2, "groupchat": {"chat_id": "wr1", "wording": "进群领券"}}
    assert await corp.errcode("kf/customer/upgrade_service", offer) == 0
    assert await corp.words("c1") == ["进群领券"]
    assert await corp.errcode("kf/customer/upgrade_service", {**ids, "type": 1}) == 40058
    assert await corp.errcode("kf/customer/cancel_upgrade_service", ids) == 0
