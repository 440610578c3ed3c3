"""Which clusters are listed, and with which counts."""

from __future__ import annotations

from console.gaps.kept import KeptAsking, KeptCluster
from console.gaps.listing import PAGE, Sought, State, listing, sought_of, state_of
from knowledge_base.mining.questions import Missed, QuestionKey
from knowledge_base.mining.suggesting import Advice

DAY = 24 * 3600 * 1000
NOW = 100 * DAY


def cluster(name: str, *askings: tuple[str, int, Missed]) -> KeptCluster:
    """Askings: print, days ago, reason."""
    return KeptCluster(
        id=name,
        askings=tuple(
            KeptAsking(
                key=QuestionKey(f"{name}{place}"), print=each, at_ms=NOW - ago * DAY, reasons=(reason,)
            )
            for place, (each, ago, reason) in enumerate(askings)
        ),
        examples=(),
        advice=Advice.NEW_ENTRY,
        nearest=None,
        support=0.0,
    )


CARD = cluster("card", ("a", 1, Missed.REFUSED), ("b", 2, Missed.HANDED_OVER), ("a", 20, Missed.REFUSED))
OPEN = cluster("open", ("c", 8, Missed.ASKED_BACK), ("c", 9, Missed.ASKED_BACK))


def ids(sought: Sought, *, held: str = "", dismissed: str = "") -> list[tuple[str, int]]:
    found = listing((OPEN, CARD), sought, now_ms=NOW, held=set(held), dismissed=set(dismissed))
    return [(line.cluster.id, line.count) for line in found.lines]


def test_counts_are_those_of_the_days_and_the_most_asked_come_first() -> None:
    assert ids(Sought(days=30)) == [("card", 3), ("open", 2)]
    assert ids(Sought(days=7)) == [("card", 2)]


def test_a_reason_that_one_of_them_has_is_enough() -> None:
    assert ids(Sought(reason=Missed.HANDED_OVER)) == [("card", 3)]
    assert ids(Sought(reason=Missed.RATED_BAD)) == []
    (line,) = listing((CARD,), Sought(), now_ms=NOW, held=(), dismissed=()).lines
    assert line.reasons == {Missed.REFUSED: 2, Missed.HANDED_OVER: 1}
    assert line.last_ms == NOW - DAY


def test_half_of_the_askings_decide_what_is_done_with() -> None:
    assert ids(Sought(), held="a") == [("open", 2)]
    assert ids(Sought(state=State.WRITTEN), held="a") == [("card", 3)]
    assert ids(Sought(), dismissed="b") == [("card", 3), ("open", 2)]
    assert state_of(CARD, held={"a", "b"}, dismissed={"a"}) is State.DISMISSED


def test_pages_end_where_the_list_does() -> None:
    many = [cluster(f"c{number}", ("x", 1, Missed.REFUSED)) for number in range(PAGE + 1)]
    found = listing(many, Sought(number=9), now_ms=NOW, held=(), dismissed=())
    assert (found.number, found.pages, found.found, len(found.lines)) == (2, 2, PAGE + 1, 1)


def test_an_address_that_makes_no_sense_means_the_default() -> None:
    assert sought_of({"days": "8", "reason": "x", "state": "y", "page": "²"}) == Sought()
    assert sought_of({"days": "7", "reason": "refused", "state": "dismissed", "page": "3"}) == Sought(
        days=7, reason=Missed.REFUSED, state=State.DISMISSED, number=3
    )
