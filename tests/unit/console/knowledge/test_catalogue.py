"""Which entries a page of the list shows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from console.knowledge.catalogue import PAGE, Sought, State, categories_of, listing, sought_of
from knowledge_base.entry import Entry, EntryId

TODAY = date(2026, 11, 22)
PLAIN = Entry(id=EntryId("a"), question="怎么退货", answer="七天内 OK", category="售后")
OFF = Entry(id=EntryId("b"), question="多少钱", answer="看页面", category="售前", disabled=True)
OVER = Entry(id=EntryId("c"), question="双十一", answer="过了", valid_until=date(2026, 11, 21))
SOON = Entry(id=EntryId("d"), question="双十二", answer="快了", valid_from=date(2026, 11, 23))
ALL = (PLAIN, OFF, OVER, SOON)


def ids(sought: Sought) -> list[str]:
    found = listing(ALL, sought, today=TODAY, drafted={SOON.id})
    return [line.entry.id for line in found.lines]


def test_by_words_category_and_state() -> None:
    assert ids(Sought()) == ["a", "b", "c", "d"]
    assert ids(Sought(text="ok 退货")) == ["a"]
    assert ids(Sought(text="退货 页面")) == []
    assert ids(Sought(category="售前")) == ["b"]
    assert [ids(Sought(state=state)) for state in State] == [["a"], ["b"], ["d"], ["c"], ["d"]]


def test_pages_end_where_the_entries_do() -> None:
    many = [replace(PLAIN, id=EntryId(str(number))) for number in range(PAGE + 1)]
    last = listing(many, Sought(number=99), today=TODAY, drafted=())
    assert (last.number, last.pages, last.found) == (2, 2, PAGE + 1)
    assert [line.entry.id for line in last.lines] == [str(PAGE)]
    assert listing([], Sought(number=0), today=TODAY, drafted=()).number == 1


def test_addresses_that_make_no_sense_mean_anything() -> None:
    assert sought_of({"state": "odd", "page": "-1", "q": " 退 "}) == Sought(text="退")
    assert sought_of({"state": "over", "page": "3"}) == Sought(state=State.OVER, number=3)


def test_each_category_once() -> None:
    assert categories_of([*ALL, *ALL]) == ("售后", "售前")
