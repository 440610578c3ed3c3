"""The guided conversations: what each asks for, in which order. ``intents/domain/forms.yml`` has the same for Rasa."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from conversations.errands import ErrandKind
from conversations.outcomes import HandOverReason

CONFIRMED = "confirmed"
COMPANY = "公司"
PERSONAL = "个人"


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """``title`` is what customers call it. ``slots`` are asked for in this order, ``confirmed`` last.

    ``skippable`` slots may be left out. Exactly one of ``errand`` (the shop's system does it) and ``case`` (people do).
    """

    name: str
    intent: str
    title: str
    slots: tuple[str, ...]
    skippable: frozenset[str] = frozenset()
    errand: ErrandKind | None = None
    case: HandOverReason | None = None


_ALL = (
    Form(
        name="return_form",
        intent="return_goods",
        title="退货",
        slots=("order_no", "product", "reason", CONFIRMED),
        errand=ErrandKind.RETURN,
    ),
    Form(
        name="exchange_form",
        intent="exchange_goods",
        title="换货",
        slots=("order_no", "product", "new_spec", CONFIRMED),
        errand=ErrandKind.EXCHANGE,
    ),
    Form(
        name="address_form",
        intent="change_address",
        title="改地址",
        slots=("order_no", "address", "phone", CONFIRMED),
        skippable=frozenset({"phone"}),
        errand=ErrandKind.CHANGE_ADDRESS,
    ),
    Form(
        name="cancel_form",
        intent="cancel_order",
        title="取消订单",
        slots=("order_no", CONFIRMED),
        errand=ErrandKind.CANCEL,
    ),
    Form(
        name="invoice_form",
        intent="invoice",
        title="开发票",
        slots=("order_no", "title_kind", "title", "tax_no", "email", CONFIRMED),
        errand=ErrandKind.INVOICE,
    ),
    Form(
        name="redeem_form",
        intent="redeem_points",
        title="积分兑换",
        slots=("reward", CONFIRMED),
        errand=ErrandKind.REDEEM_POINTS,
    ),
    Form(
        name="complaint_form",
        intent="complaint",
        title="投诉",
        slots=("details", "order_no", "wish", CONFIRMED),
        skippable=frozenset({"order_no"}),
        case=HandOverReason.COMPLAINT,
    ),
    Form(
        name="trouble_form",
        intent="missing_or_broken",
        title="售后",
        slots=("order_no", "product", "problem", "wish", CONFIRMED),
        case=HandOverReason.AFTER_SALES,
    ),
)

FORMS: Mapping[str, Form] = {form.name: form for form in _ALL}
"""By name."""

SLOTS = tuple(dict.fromkeys(slot for form in _ALL for slot in form.slots))
"""Every slot of any form."""

SKIPPED = ""
"""What is collected for a slot that the customer left out."""


def missing(form: Form, collected: Mapping[str, str]) -> tuple[str, ...]:
    """The slots still to be asked for, in order. A company's tax number is asked of companies alone."""
    return tuple(
        slot
        for slot in form.slots
        if slot not in collected and not (slot == "tax_no" and collected.get("title_kind") == PERSONAL)
    )
