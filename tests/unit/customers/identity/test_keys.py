"""Phone numbers under the shop's key."""

from __future__ import annotations

import pytest

from conversations.errors import ConfigError
from customers.identity.keys import CustomerKeys

KEY = "k" * 32
PHONE = "13800000000"


def test_a_number_is_found_again_and_not_read() -> None:
    keys = CustomerKeys(KEY)
    assert keys.hashed(PHONE) == CustomerKeys(KEY).hashed(PHONE)
    assert len({keys.hashed(PHONE), keys.hashed("13800000001"), CustomerKeys("x" * 32).hashed(PHONE)}) == 3
    assert PHONE not in keys.hashed(PHONE) + keys.sealed(PHONE)


def test_what_was_sealed_opens_with_the_same_key_alone() -> None:
    keys = CustomerKeys(KEY)
    sealed = keys.sealed(PHONE)
    assert sealed != keys.sealed(PHONE)
    changed = sealed[:-8] + ("A" if sealed[-8] != "A" else "B") + sealed[-7:]
    opened = {text: keys.opened(text) for text in (sealed, changed, "", "not base64 at all", "AAAA")}
    assert opened == {sealed: PHONE, changed: None, "": None, "not base64 at all": None, "AAAA": None}
    assert CustomerKeys("x" * 32).opened(sealed) is None


def test_a_short_key_is_refused_with_the_cure() -> None:
    with pytest.raises(ConfigError, match="XIAOER_CUSTOMERS__KEY"):
        CustomerKeys("k" * 31)
