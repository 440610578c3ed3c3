"""Who signed a request, and when."""

from __future__ import annotations

from customers.events.signature import Unsigned, check, signed, signed_headers

SECRETS = {"mall": "s" * 32, "crm": "t" * 32}
BODY = b'{"events": []}'


def test_the_signature_is_that_of_other_implementations() -> None:
    # printf '%s' 'mall.1762142400.{"events": []}' | openssl dgst -sha256 -hmac ssssssssssssssssssssssssssssssss
    expected = "v1=9f244e30762734a5effc1fad58c36673f020e3153d8142d767a5357abde1c6da"
    assert signed("s" * 32, "mall", 1_762_142_400, BODY) == expected


def test_the_time_may_be_off_by_the_window_and_no_more() -> None:
    headers = signed_headers(SECRETS["mall"], "mall", 1000, BODY)
    found = {
        now: check(headers, BODY, SECRETS, now=now, window_seconds=300) for now in (699, 700, 1300, 1301)
    }
    assert {now: said for now, said in found.items() if said == "mall"} == {700: "mall", 1300: "mall"}
    late = found[1301]
    assert isinstance(late, Unsigned)
    assert late.field == "X-Xiaoer-Time"


def test_nobody_signs_for_another() -> None:
    own = signed_headers(SECRETS["mall"], "mall", 1000, BODY)
    unknown = signed_headers("", "nobody", 1000, BODY)
    tries = {
        "as another source": {**own, "X-Xiaoer-Source": "crm"},
        "another time": {**own, "X-Xiaoer-Time": "1001"},
        "a source without a secret": unknown,
        "nothing at all": {},
        "a time that is no number": {**own, "X-Xiaoer-Time": "１０００"},
        "a signature that is no ASCII": {**own, "X-Xiaoer-Signature": "签名"},
    }
    refused = {
        name: isinstance(check(headers, BODY, SECRETS, now=1000, window_seconds=300), Unsigned)
        for name, headers in tries.items()
    }
    assert all(refused.values()), refused
