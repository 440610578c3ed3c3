"""The card of a new case, and what its buttons say."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta

from conversations.address import Channel
from customers.profile.profile import Segment
from escalation.cases import CaseKey
from handlers.case_card import Tap, cards_for, member_addresses, tap_of
from tests.unit.customers.profiles import profile_of
from tests.unit.handlers.staff_cases import case
from tests.unit.handlers.turns import NOW

MEMBERS = member_addresses(["zhang", "li"], agent_id=1000002)


def test_members_are_reached_in_the_app() -> None:
    assert [(one.channel, one.account, one.peer) for one in MEMBERS] == [
        (Channel.WECOM, "1000002", "zhang"),
        (Channel.WECOM, "1000002", "li"),
    ]


def test_each_member_gets_a_card_with_a_task_id_of_its_own() -> None:
    cards = cards_for(case("a"), MEMBERS, NOW)
    assert [member for member, _ in cards] == list(MEMBERS)
    ids = [card.task_id for _, card in cards]
    assert len(set(ids)) == 2
    assert all(re.fullmatch(r"[0-9a-zA-Z_@-]{1,128}", one) for one in ids)
    assert ids == [card.task_id for _, card in cards_for(case("a"), MEMBERS, NOW + timedelta(minutes=9))]
    assert ids != [card.task_id for _, card in cards_for(case("b"), MEMBERS, NOW)]


def test_what_the_card_says() -> None:
    ((_, card), _) = cards_for(case("a", minutes=12), MEMBERS, NOW)
    assert card.card["card_type"] == "button_interaction"
    assert card.card["main_title"]["title"] == "有顾客在等人工"
    assert card.card["sub_title_text"] == "“荔枝坏了”"
    assert card.card["horizontal_content_list"] == [
        {"keyname": "原因", "value": "要找真人"},
        {"keyname": "等待", "value": "11:48 起，已 12 分钟"},
    ]
    assert [button["text"] for button in card.card["button_list"]] == ["接入", "忽略"]


def test_the_card_says_who_matters_most() -> None:
    told = {}
    for profile in (
        profile_of(),
        profile_of(tags=("新客",)),
        profile_of(Segment.HIGH_VALUE, tags=("VIP", "爱分享")),
        profile_of(Segment.HIGH_VALUE, tags=("一" * 15, "二" * 15)),
    ):
        ((_, card), _) = cards_for(case("a"), MEMBERS, NOW, profile)
        lines = card.card["horizontal_content_list"]
        told[profile.tags] = [line["value"] for line in lines if line["keyname"] == "顾客"]
    first, second, third, fourth = told.values()
    assert (first, second, third) == ([], ["普通 · 新客"], ["高净值 · VIP、爱分享"])
    assert len(fourth[0]) == 26


def test_the_card_holds_no_personal_data() -> None:
    words = "我电话138 1234 5678，住中山路12号3栋，微信号wang_8888"
    ((_, card), _) = cards_for(case("a", summary=words), MEMBERS, NOW)
    shown = json.dumps(card.card, ensure_ascii=False)
    for secret in ("5678", "中山路", "wang_8888", "wm_a"):
        assert secret not in shown


def test_buttons_name_the_case_and_fit() -> None:
    long = replace(case("a"), key=CaseKey("k" * 255))
    ((_, card), _) = cards_for(long, MEMBERS, NOW)
    take, skip = (button["key"] for button in card.card["button_list"])
    assert tap_of(take) == Tap(case=long.key, takes=True)
    assert tap_of(skip) == Tap(case=long.key, takes=False)
    assert len(take.encode()) <= 512
    assert tap_of("anything") is None
