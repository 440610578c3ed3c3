"""What the list of customers is asked for, and what a searched text may name."""

from __future__ import annotations

from console.customers.searching import named_by, phone_in
from console.customers.sought import CELLS, Sought, below_of, sought_of
from customers.identity.identifier import Identifier, IdentifierKind
from customers.profile.profile import Segment


def test_what_is_not_understood_is_not_asked_for() -> None:
    asked = {"segment": "high_value", "tag": " 爱分享 ", "cell": "重要价值客户", "below": "1700.12"}
    assert sought_of(asked) == Sought(
        segment=Segment.HIGH_VALUE, tag="爱分享", cell="重要价值客户", below=(1700, 12)
    )
    assert sought_of({"segment": "rich", "cell": "543", "below": "1700"}) == Sought()
    assert not Sought(below=(1, 2)).narrows
    assert sought_of(sought_of(asked).in_address) == Sought(
        segment=Segment.HIGH_VALUE, tag="爱分享", cell="重要价值客户"
    )


def test_places_in_a_list() -> None:
    texts = ("5.7", "5.", ".7", "5.7.9", "-5.7", "５.7", "", "1" * 19 + ".1")
    assert {text: below_of(text) for text in texts if below_of(text)} == {"5.7": (5, 7)}


def test_the_eight_cells_are_made_of_all_scores_each_once() -> None:
    cells = [cell for scores in CELLS.values() for cell in scores]
    assert len(CELLS) == 8
    assert len(cells) == len(set(cells)) == 125
    assert CELLS["重要价值客户"] == ("555", "554", "545", "544", "455", "454", "445", "444")
    assert next(iter(CELLS)) == "重要价值客户"


def test_phone_numbers_as_people_write_them() -> None:
    texts = (
        "13800138000",
        "138 0013 8000",
        "+86 138-0013-8000",
        "2380013800",
        "138001380001",
        "M13800138000",
    )
    assert {text: phone_in(text) for text in texts} == {
        **dict.fromkeys(texts[:3], "13800138000"),
        **dict.fromkeys(texts[3:]),
    }


def test_a_text_may_be_a_name_of_every_kind() -> None:
    kinds = IdentifierKind
    assert named_by(" oAbc ", ("gh_a", "gh_b")) == [
        Identifier(kinds.OPENID, "gh_a:oAbc"),
        Identifier(kinds.OPENID, "gh_b:oAbc"),
        Identifier(kinds.OPENID, "oAbc"),
        Identifier(kinds.UNIONID, "oAbc"),
        Identifier(kinds.EXTERNAL_USERID, "oAbc"),
        Identifier(kinds.MALL_ID, "oAbc"),
    ]
    with_account = [each for each in named_by("gh_a:oAbc", ("gh_b",)) if each.kind is kinds.OPENID]
    assert with_account == [Identifier(kinds.OPENID, "gh_a:oAbc")]
    assert named_by("13800138000", ())[0] == Identifier(kinds.PHONE, "13800138000")
