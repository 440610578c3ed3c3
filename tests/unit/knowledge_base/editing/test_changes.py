"""Changes between states of the entries."""

from __future__ import annotations

import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.editing.changes import (
    apply_changes,
    changes_as_json,
    changes_between,
    changes_from_json,
    digest_of,
)
from knowledge_base.entry import Entry
from tests.unit.knowledge_base.shop import SHOP, entry

entries = st.builds(entry, st.sampled_from("abcdef"), st.sampled_from(["一", "二", "三"]))
states = st.lists(entries, max_size=6, unique_by=lambda each: each.id).map(tuple)


@given(before=states, after=states)
def test_changes_lead_from_one_state_to_the_other_also_when_stored(
    before: tuple[Entry, ...], after: tuple[Entry, ...]
) -> None:
    changes = changes_between(before, after)
    assert bool(changes) is (before != after)
    assert apply_changes(before, changes) == after
    stored = changes_from_json(json.loads(json.dumps(changes_as_json(changes))))
    assert stored == changes


def test_only_what_changed_is_kept() -> None:
    after = (SHOP[0], replace(SHOP[1], answer="新"), *SHOP[3:], entry("new", "新问题"))
    changes = changes_between(SHOP, after)
    assert [(change.entry_id, change.before is None, change.after is None) for change in changes.entries] == [
        ("hours", False, True),
        ("invoice", False, False),
        ("new", True, False),
    ]
    assert changes.order is None


def test_moved_entries_are_kept_in_their_order() -> None:
    changes = changes_between(SHOP, SHOP[::-1])
    assert changes.entries == ()
    assert apply_changes(SHOP, changes) == SHOP[::-1]


def test_a_digest_names_content_and_order() -> None:
    assert digest_of(SHOP) == digest_of(tuple(SHOP))
    assert len({digest_of(SHOP), digest_of(SHOP[::-1]), digest_of(SHOP[1:]), digest_of(())}) == 4
