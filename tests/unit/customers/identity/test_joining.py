"""Which identities are one customer."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from customers.identity.identifier import IdentifierKind
from customers.identity.joining import Claim, Joined, LinkReason, Node, joined, node_of

OPENID, UNIONID = IdentifierKind.OPENID, IdentifierKind.UNIONID
MALL_ID, PHONE = IdentifierKind.MALL_ID, IdentifierKind.PHONE

#: 1 and 2 follow one 公众号, 3 another; 4 and 5 are mall ids, 6 and 7 phones, 8 a unionid.
NODES = (
    node_of(1, OPENID, "gh_a:wang"),
    node_of(2, OPENID, "gh_a:li"),
    node_of(3, OPENID, "gh_b:wang"),
    node_of(4, MALL_ID, "M4"),
    node_of(5, MALL_ID, "M5"),
    node_of(6, PHONE, "hash6"),
    node_of(7, PHONE, "hash7"),
    node_of(8, UNIONID, "u8"),
)


def claim(
    low: int, high: int, reason: LinkReason = LinkReason.SIGNED_EVENT, *, insisted: bool = False
) -> Claim:
    return Claim(low=low, high=high, reason=reason, insisted=insisted)


def customers(found: Joined) -> set[frozenset[int]]:
    ids = set(found.customer_of.values())
    return {frozenset(node for node, own in found.customer_of.items() if own == each) for each in ids}


def alone(*nodes: int) -> set[frozenset[int]]:
    return {frozenset({node}) for node in nodes}


def test_names_of_one_person_are_one_customer() -> None:
    found = joined(NODES, [claim(1, 8), claim(3, 8), claim(3, 4), claim(4, 6), claim(4, 7)])
    assert customers(found) == {frozenset({1, 3, 4, 6, 7, 8}), *alone(2, 5)}
    assert (found.customer_of[7], found.conflicts) == (1, ())


def test_what_a_person_has_only_once_is_a_conflict() -> None:
    for low, high, other in ((1, 2, "one account"), (4, 5, "mall")):
        found = joined(NODES, [claim(low, high)])
        assert found.conflicts == (claim(low, high),), other
        assert customers(found) == alone(*range(1, 9))


def test_a_phone_that_two_share_joins_the_surer_one() -> None:
    found = joined(NODES, [claim(4, 6, LinkReason.PHONE), claim(5, 6, LinkReason.SIGNED_EVENT)])
    assert customers(found) == {frozenset({5, 6}), *alone(1, 2, 3, 4, 7, 8)}
    assert found.conflicts == (claim(4, 6, LinkReason.PHONE),)


def test_a_person_may_insist() -> None:
    found = joined(NODES, [claim(4, 5, LinkReason.PERSON, insisted=True), claim(4, 5, LinkReason.PHONE)])
    assert customers(found) == {frozenset({4, 5}), *alone(1, 2, 3, 6, 7, 8)}
    assert found.conflicts == ()
    with_one = [claim(1, 4), claim(1, 5, insisted=True)]
    assert customers(joined(NODES, with_one)) == {frozenset({1, 4, 5}), *alone(2, 3, 6, 7, 8)}


_pairs = st.tuples(st.integers(1, 8), st.integers(1, 8)).filter(lambda pair: pair[0] < pair[1])
_claims = st.builds(
    lambda pair, reason, insisted: claim(pair[0], pair[1], reason, insisted=insisted),
    _pairs,
    st.sampled_from(LinkReason),
    st.sampled_from([False, False, False, True]),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(_claims, max_size=12), st.randoms(use_true_random=False))
def test_order_and_repetition_change_nothing(claims: list[Claim], chance: random.Random) -> None:
    found = joined(NODES, claims)
    again = [*claims, *claims[:3]]
    chance.shuffle(again)
    assert joined(NODES, again) == found


@settings(max_examples=60, deadline=None)
@given(st.lists(_claims, max_size=12))
def test_nobody_has_twice_what_one_has_once_unless_somebody_insisted(claims: list[Claim]) -> None:
    unforced = [each for each in claims if not each.insisted]
    found = joined(NODES, unforced)
    names: dict[int, list[str]] = {}
    for node in NODES:
        if node.name:
            names.setdefault(found.customer_of[node.id], []).append(node.name)
    assert all(len(each) == len(set(each)) for each in names.values())
    assert {*found.conflicts} <= {*unforced}
    assert all(found.customer_of[each.low] != found.customer_of[each.high] for each in found.conflicts)


def test_a_link_taken_back_gives_what_was_before() -> None:
    before = [claim(1, 4), claim(3, 6)]
    assert joined(NODES, [*before, claim(4, 6)]) != joined(NODES, before)
    assert customers(joined(NODES, before)) == {frozenset({1, 4}), frozenset({3, 6}), *alone(2, 5, 7, 8)}


def test_only_phones_may_be_several() -> None:
    names = {kind: node_of(1, kind, "gh_a:x").name for kind in IdentifierKind}
    assert names == {
        OPENID: "openid:gh_a",
        UNIONID: "unionid",
        IdentifierKind.EXTERNAL_USERID: "external_userid",
        MALL_ID: "mall_id",
        PHONE: "",
    }
    assert Node(id=1, name="") == node_of(1, PHONE, "hash")
