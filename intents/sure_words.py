"""What a message means by words that leave no doubt: no model needed, microseconds. Pure."""

from __future__ import annotations

from intents.marketing_rules import wants_marketing_back, wants_no_marketing
from intents.numbers import without_order_number
from intents.order_rules import order_matter
from intents.person_rules import wants_bot, wants_person
from intents.small_talk import small_talk


def sure_intent(words: str, *, order_no: str | None) -> str | None:
    """The intent of a normalised text; None where its words alone do not settle it.

    ``order_no``: the order number found in it, if any.
    """
    if wants_bot(words):
        return "stay_with_bot"
    if wants_person(words):
        return "ask_human"
    talk = small_talk(words)
    if talk is not None:
        return talk
    if wants_no_marketing(words) or wants_marketing_back(words):
        return "opt_out_marketing"
    rest = without_order_number(words)
    if order_no is not None:
        rest = rest.replace(order_no.lower(), " ").strip()
    return order_matter(rest, number_given=order_no is not None)
