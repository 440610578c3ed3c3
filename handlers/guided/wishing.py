"""What a guided conversation that goes to people wants after a purchase. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from conversations.after_sales import AfterSalesKind, AfterSalesWish
from handlers.guided.forms import Form

_KINDS: Mapping[str, AfterSalesKind] = {
    "return_form": AfterSalesKind.RETURN,
    "exchange_form": AfterSalesKind.EXCHANGE,
    "cancel_form": AfterSalesKind.REFUND,
    "trouble_form": AfterSalesKind.TROUBLE,
    "complaint_form": AfterSalesKind.COMPLAINT,
}
_WANTS = ("product", "new_spec", "wish")
_WHY = ("reason", "problem", "details")


def wish_of(form: Form, collected: Mapping[str, str]) -> AfterSalesWish | None:
    """None: it is no after-sales. Who asks to return and says "keep the goods" wants the money."""
    kind = _KINDS.get(form.name)
    if kind is None:
        return None
    if kind is AfterSalesKind.RETURN and "wish" in collected:
        kind = AfterSalesKind.REFUND
    return AfterSalesWish(
        kind=kind,
        order_no=collected.get("order_no") or None,
        wants="，".join(filter(None, (collected.get(slot) for slot in _WANTS))),
        why="，".join(filter(None, (collected.get(slot) for slot in _WHY))),
    )
