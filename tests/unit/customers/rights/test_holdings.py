"""No table is forgotten: each is erased, or is said to hold nothing of anybody."""

from __future__ import annotations

import pkgutil
from importlib import import_module

import storage
from customers.rights.anonymising import ANONYMISING
from customers.rights.holdings import HOLDINGS, NOBODYS, Fate
from storage.schema import metadata


def _all_tables() -> set[str]:
    for module in pkgutil.iter_modules(storage.__path__):
        if module.name.endswith("schema"):
            import_module(f"storage.{module.name}")
    return set(metadata.tables)


def test_every_table_is_one_of_a_person_or_nobodys() -> None:
    held = {holding.table.name for holding in HOLDINGS}
    assert held | NOBODYS.keys() == _all_tables()
    assert not held & NOBODYS.keys()
    assert all(NOBODYS.values())


def test_what_a_person_is_found_by_goes_last() -> None:
    assert [holding.table.name for holding in HOLDINGS[-2:]] == ["identities", "conversations"]


def test_every_table_that_stays_has_its_way_to_lose_the_person() -> None:
    assert ANONYMISING.keys() == {each.table.name for each in HOLDINGS if each.fate is Fate.ANONYMISED}


def test_tables_that_name_conversations_or_identities_are_a_persons() -> None:
    telling = {"conversation_id", "identity_id", "customer_id", "customer_ref", "owner_ref", "receiver"}
    naming = {table.name for table in metadata.tables.values() if telling & set(table.c.keys())}
    assert naming <= {holding.table.name for holding in HOLDINGS}
