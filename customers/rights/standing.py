"""How a consent stands for a customer who said something in several conversations. Pure.

A name is what an identity says: one openid, one external_userid, one phone number. All conversations with a name are
with the same person for certain; that several names are one customer is what links say, and links may come late or be
taken back. So each name keeps what was said by itself, and hears what was said by the others that were the same
customer at that time:

1. For a name alone, the last of what it said or heard counts.
2. A grant that was heard counts only while whoever said it is still the same customer; a withdrawal that was heard
   counts in any case.
3. A customer has withdrawn when one of their names has.

So a withdrawal holds for names that join later, and a grant ends the withdrawal of another name only when it came later
and from the same customer.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """``place``: grows with every statement that was kept. ``name``: whom it stands with; ``mark``: of the statement,
    the same where it was heard.
    """

    place: int
    name: str
    mark: str
    granted: bool
    heard: bool


def decisive(said: Collection[Said]) -> Said | None:
    """What decides for a customer, of all that their names said and heard; None: nobody said anything.

    Of several withdrawals the latest; of several grants the latest.
    """
    own = {each.mark for each in said if not each.heard}
    counting = [each for each in said if not each.heard or not each.granted or each.mark in own]
    last: dict[str, Said] = {}
    for each in sorted(counting, key=_place):
        last[each.name] = each
    withdrawn = [each for each in last.values() if not each.granted]
    return max(withdrawn or last.values(), key=_place, default=None)


def to_be_kept_withdrawn(
    together: Collection[Said], names: Sequence[str], parts: Sequence[Collection[str]]
) -> list[str]:
    """Names that have to hear of a withdrawal when a customer is parted, so that it goes on for them.

    ``names``: all of the customer before; ``parts``: how they are customers now. A part that said something itself is
    left with that.
    """
    before = decisive(together)
    if before is None or before.granted:
        return []
    speaking = {each.name for each in together if not each.heard}
    return [name for name in names if not any(name in part and speaking & set(part) for part in parts)]


def _place(said: Said) -> int:
    return said.place
