"""What every customer sent and what reached them, for tests that count (one row for each conversation)."""

from __future__ import annotations

from collections.abc import Iterable

from simulator.kefu.customers import Customer, Line, Speaker
from simulator.kefu.world import KefuWorld


def ledger(kefu: KefuWorld, customers: Iterable[Customer]) -> list[dict[str, object]]:
    """For each customer and account, in order: ``sent`` and ``delivered`` with msgid and text; ``lines`` is both."""
    rows: list[dict[str, object]] = []
    for customer in customers:
        by_account: dict[str, list[Line]] = {}
        for line in customer.lines:
            by_account.setdefault(line.open_kfid, []).append(line)
        rows += [_row(kefu, customer, open_kfid, lines) for open_kfid, lines in by_account.items()]
    return rows


def _row(kefu: KefuWorld, customer: Customer, open_kfid: str, lines: list[Line]) -> dict[str, object]:
    session = kefu.session(open_kfid, customer)
    return {
        "id": customer.name,
        "external_userid": customer.external_userid,
        "open_kfid": open_kfid,
        "state": int(session.state),
        "sent": [_short(line) for line in lines if line.speaker is Speaker.CUSTOMER],
        "delivered": [_short(line) for line in lines if line.speaker is not Speaker.CUSTOMER],
    }


def _short(line: Line) -> dict[str, object]:
    return {
        "number": line.number,
        "msgid": line.msgid,
        "kind": line.kind,
        "text": line.text,
        "by": line.speaker.value,
        "at": line.at,
    }
