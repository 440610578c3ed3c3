"""docs/events.md says what the code does: fields, kinds, headers, words, and the signature of its example."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import get_args

from customers.events.client import MOST_BYTES, MOST_EVENTS
from customers.events.csv_headers import CHANNELS, HEADERS, KINDS, ROLES
from customers.events.signature import signed
from customers.events.wire import EventIn, ToldKind

FIELDS = {column.field for column in HEADERS.values()} | {"extra"}
TEXT = (Path(__file__).parents[4] / "docs" / "events.md").read_text(encoding="utf-8")


def named(part: str) -> set[str]:
    return set(re.findall(r"`([^`\n]+)`", part))


def rows(title: str) -> list[list[str]]:
    """The cells of the table under a first line with this title."""
    _, _, rest = TEXT.partition(f"| {title} |")
    table = rest.partition("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in table]


def test_the_signature_of_the_example() -> None:
    secret, source, at = re.search(r"Secret `(\w+)`, source `(\w+)`, time `(\d+)`", TEXT).groups()  # type: ignore[union-attr]
    body = re.search(r"^\{\"events\":.*\}$", TEXT, re.MULTILINE)
    assert body is not None
    assert json.loads(body[0])["events"]
    assert f"body of {len(body[0].encode())} bytes" in TEXT
    assert f"X-Xiaoer-Signature: {signed(secret, source, int(at), body[0].encode())}" in TEXT


def test_every_field_and_every_kind_has_a_row() -> None:
    fields = set().union(*(named(cells[0]) for cells in rows("field")))
    assert {name.partition(".")[0] for name in fields} == set(EventIn.model_fields)
    kinds = {name: named(cells[2]) for cells in rows("kind") for name in named(cells[0])}
    assert set(kinds) == set(get_args(ToldKind))
    money = {"order_no", "amount_fen"}
    needed = {"view": {"seconds"}, "order": {"order_no"}, "pay": money, "refund": money}
    assert {kind: fields for kind, fields in kinds.items() if fields} == needed


def test_every_header_has_its_place() -> None:
    shown = {}
    for line in TEXT.partition("| field | headers |")[2].splitlines()[2:]:
        about, headers = (cell.strip() for cell in line.split("|")[1:3])
        fields, kinds = named(about) & FIELDS, named(about) - FIELDS
        for header in named(headers.partition(". A column")[0]) - {"extra.NAME"}:
            field = next((each for each in fields if each.endswith(header)), min(fields))
            shown[header.lower()] = (field, next(iter(kinds), None))
    known = {
        header: (column.field, column.of and column.of.value)
        for header, column in HEADERS.items()
        if header != "amount"
    }
    assert shown == known


def test_words_for_values_and_bounds_are_there() -> None:
    for word in (*KINDS, *ROLES, *CHANNELS):
        assert word in TEXT
    assert f"at most {MOST_EVENTS} events and {MOST_BYTES:,} bytes" in TEXT
