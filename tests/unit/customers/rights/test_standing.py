"""The rule of consents for a customer of several names, over any order of statements, joins and partings."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count

from hypothesis import given, settings
from hypothesis import strategies as st

from customers.rights.standing import Said, decisive, to_be_kept_withdrawn


def _said(place: int, name: str, mark: str, *, granted: bool, heard: bool = False) -> Said:
    return Said(place=place, name=name, mark=mark, granted=granted, heard=heard)


OUT_A = _said(1, "a", "m1", granted=False)
HEARD_B = _said(2, "b", "m1", granted=False, heard=True)
BACK_B = _said(3, "b", "m2", granted=True)
HEARD_A = _said(4, "a", "m2", granted=True, heard=True)


def test_what_decides() -> None:
    cases: dict[str, tuple[Sequence[Said], Said | None]] = {
        "nothing": ((), None),
        "withdrawn": ((OUT_A,), OUT_A),
        "withdrawn elsewhere": ((HEARD_B,), HEARD_B),
        "given back by the same customer": ((OUT_A, HEARD_B, BACK_B, HEARD_A), HEARD_A),
        "given by somebody who was another customer then": ((OUT_A, BACK_B), OUT_A),
        "who gave it back is another customer now": ((OUT_A, HEARD_A), OUT_A),
        "who gave it back is left with it": ((HEARD_B, BACK_B), BACK_B),
        "whatever the order": ((HEARD_A, BACK_B, HEARD_B, OUT_A), HEARD_A),
    }
    assert {name: decisive(said) for name, (said, _) in cases.items()} == {
        name: expected for name, (_, expected) in cases.items()
    }


def test_who_is_parted_stays_held_unless_they_spoke() -> None:
    names = ["a", "b", "c"]
    assert to_be_kept_withdrawn([OUT_A], names, [["a"], ["b", "c"]]) == ["b", "c"]
    assert to_be_kept_withdrawn([OUT_A, BACK_B], names, [["a"], ["b", "c"]]) == []
    assert to_be_kept_withdrawn([OUT_A, BACK_B], names, [["a"], ["b"], ["c"]]) == ["c"]
    assert to_be_kept_withdrawn([OUT_A, HEARD_B, BACK_B, HEARD_A], names, [["a"], ["b", "c"]]) == []


class World:
    """The rule as the tables keep it: statements by name, and customers as sets of names."""

    def __init__(self) -> None:
        self.said: list[Said] = []
        self.customers: list[frozenset[str]] = [frozenset(name) for name in "abcd"]
        self._places = count(1)

    def customer(self, name: str) -> frozenset[str]:
        return next(each for each in self.customers if name in each)

    def say(self, name: str, *, granted: bool) -> None:
        mark = f"m{len(self.said)}"
        for each in sorted(self.customer(name), key=lambda other: (other != name, other)):
            self._keep(each, mark, granted=granted, heard=each != name)

    def join(self, one: str, other: str) -> None:
        both = {self.customer(one), self.customer(other)}
        self.customers = [each for each in self.customers if each not in both] + [frozenset().union(*both)]

    def part(self, name: str) -> None:
        whole = self.customer(name)
        if len(whole) == 1:
            return
        parts = [frozenset(name), whole - {name}]
        for each in to_be_kept_withdrawn(self.of(whole), sorted(whole), parts):
            self._keep(each, f"p{len(self.said)}", granted=False, heard=True)
        self.customers = [each for each in self.customers if each != whole] + parts

    def of(self, names: frozenset[str]) -> list[Said]:
        return [each for each in self.said if each.name in names]

    def held(self, name: str) -> bool:
        found = decisive(self.of(self.customer(name)))
        return found is not None and not found.granted

    def _keep(self, name: str, mark: str, *, granted: bool, heard: bool) -> None:
        self.said.append(_said(next(self._places), name, mark, granted=granted, heard=heard))


_NAMES = st.sampled_from("abcd")
_ACTS = st.one_of(
    st.tuples(st.just("out"), _NAMES, _NAMES),
    st.tuples(st.just("back"), _NAMES, _NAMES),
    st.tuples(st.just("join"), _NAMES, _NAMES),
    st.tuples(st.just("part"), _NAMES, _NAMES),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(_ACTS, max_size=14))
def test_whatever_happens(acts: list[tuple[str, str, str]]) -> None:
    world = World()
    for act, one, other in acts:
        before = {name: world.held(name) for name in "abcd"}
        whole = world.customer(one)
        spoken = {each.name for each in world.said if not each.heard}
        match act:
            case "out":
                world.say(one, granted=False)
                assert all(world.held(each) for each in whole), "at once, for all of them"
            case "back":
                world.say(one, granted=True)
                assert not any(world.held(each) for each in whole), "later, and the same customer"
            case "join":
                both = whole | world.customer(other)
                world.join(one, other)
                if any(before[each] for each in both) and not _lifted(world, both):
                    assert all(world.held(each) for each in both), "held for who joins later"
            case _:
                world.part(one)
                silent = [each for each in whole if not spoken & world.customer(each)]
                assert all(world.held(each) for each in silent if before[one]), "held although parted"
        rest = set("abcd") - whole - world.customer(other)
        assert {each: world.held(each) for each in rest} == {each: before[each] for each in rest}


def _lifted(world: World, both: frozenset[str]) -> bool:
    """Joined again with who had given it back as the same customer: then that counts again."""
    own = {each.mark for each in world.of(both) if not each.heard}
    return any(each.heard and each.granted and each.mark in own for each in world.of(both))
