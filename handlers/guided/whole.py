"""Whether what a form collected is whole: every slot there, and every value one that can be. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from handlers.guided import values
from handlers.guided.answers import VALUES
from handlers.guided.forms import CONFIRMED, SKIPPED, Form, missing
from handlers.guided.stages import YES
from handlers.guided.values import Good
from intents.wording import words_only

_ORDER_NO = re.compile("[A-Z]{0,3}[0-9]{3,18}")


def flawed(form: Form, collected: Mapping[str, str]) -> tuple[str, ...]:
    """The slots that are missing, or hold what they cannot; none when it can be handed in."""
    wanting = missing(form, collected)
    return tuple(
        slot
        for slot in form.slots
        if slot in wanting or (slot in collected and not _can_be(form, slot, collected[slot]))
    )


def _can_be(form: Form, slot: str, value: str) -> bool:
    if value == SKIPPED:
        return slot in form.skippable
    match slot:
        case "order_no":
            return _ORDER_NO.fullmatch(value) is not None
        case "product" | "reward":
            return bool(words_only(value))
    if slot == CONFIRMED:
        return value == YES
    return isinstance(VALUES.get(slot, values.free_words)(value), Good)
