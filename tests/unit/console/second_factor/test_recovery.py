"""Recovery codes, and what the key does with them and with secrets."""

from __future__ import annotations

from console.second_factor.keys import FactorKeys
from console.second_factor.recovery import CODES, is_recovery, new_codes, plain

KEYS = FactorKeys("k" * 32)


def test_ten_different_codes_that_can_be_typed_again() -> None:
    codes = new_codes()
    assert len({*codes}) == CODES == 10
    for code in codes:
        assert [len(part) for part in code.split("-")] == [4, 4, 4]
        assert plain(f" {code.upper().replace('-', ' ')} ") == plain(code)
        assert is_recovery(plain(code))
    assert not {*codes} & {*new_codes()}


def test_what_is_none() -> None:
    for typed in ("", "123456", "a" * 11, "a" * 13, "o" * 12, "０" * 12):
        assert not is_recovery(plain(typed))


def test_a_secret_opens_with_its_key_for_its_account_only() -> None:
    sealed = KEYS.sealed(7, "JBSWY3DPEHPK3PXP")
    assert KEYS.opened(7, sealed) == "JBSWY3DPEHPK3PXP"
    assert "JBSW" not in sealed
    assert sealed != KEYS.sealed(7, "JBSWY3DPEHPK3PXP")
    changed = sealed[:-4] + ("AAAA" if sealed[-4:] != "AAAA" else "BBBB")
    assert [
        KEYS.opened(8, sealed),
        FactorKeys("j" * 32).opened(7, sealed),
        KEYS.opened(7, changed),
        KEYS.opened(7, "not base64 at all ✓"),
        KEYS.opened(7, ""),
    ] == [None] * 5
    assert len(KEYS.sealed(7, "A" * 32)) <= 200


def test_hashes_belong_to_an_account_and_a_key() -> None:
    first = KEYS.hashed(7, "abcdabcdabcd")
    assert first == KEYS.hashed(7, "abcdabcdabcd")
    others = {KEYS.hashed(8, "abcdabcdabcd"), KEYS.hashed(7, "abcdabcdabce")}
    assert first not in others | {FactorKeys("j" * 32).hashed(7, "abcdabcdabcd")}
    assert len(first) == 64
