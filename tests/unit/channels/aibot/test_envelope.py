"""Callbacks are opened only when signature, freshness, cipher, receiver, document and bot are right."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.errors import CallbackRejected
from simulator import crypto
from tests.unit.channels.aibot import bot


def refusal(query: dict[str, str], body: bytes) -> str:
    with pytest.raises(CallbackRejected) as caught:
        bot.envelope().open(query, body)
    assert 400 <= caught.value.status < 500
    return caught.value.reason


def test_the_address_is_verified_by_the_clear_text_of_echostr() -> None:
    query, body = bot.posted("1616140317555161061")
    echo = json.loads(body)["encrypt"]
    assert bot.envelope().verify({**query, "echostr": echo}) == "1616140317555161061"
    with pytest.raises(CallbackRejected):
        bot.envelope().verify({**query, "msg_signature": "0" * 40, "echostr": echo})
    with pytest.raises(CallbackRejected):
        bot.envelope().verify(query)


def test_a_message_is_opened_and_keyed_by_its_msgid() -> None:
    opened = bot.envelope().open(*bot.posted(bot.message()))
    assert opened.key == f"aibot:{bot.BOT}:CAIQz7/MjQYY"
    assert opened.fields["text"] == {"content": "运费多少"}
    assert opened.as_json


def test_what_has_no_msgid_is_keyed_by_what_it_says() -> None:
    one, same, other = (
        bot.envelope().open(*bot.posted(bot.message(msgid=None, create_time=time))).key for time in (1, 1, 2)
    )
    assert one == same != other


@pytest.mark.parametrize(
    ("clear", "reason"),
    [
        (bot.message(aibotid="another"), "wrong_account"),
        (bot.message(aibotid=None), "wrong_account"),
        ("<xml><a>1</a></xml>", "not_json"),
        ("{broken", "malformed"),
    ],
)
def test_what_is_not_for_this_bot_is_refused(clear: object, reason: str) -> None:
    assert refusal(*bot.posted(clear)) == reason


def test_another_receiver_a_stale_time_and_a_forged_body_are_refused() -> None:
    assert refusal(*bot.posted(bot.message(), receiver="wwcorp")) == "wrong_app"
    assert refusal(*bot.posted(bot.message(), timestamp=str(int(bot.SECONDS) - 301))) == "stale"
    query, _ = bot.posted(bot.message())
    _, other = bot.posted(bot.message())
    assert refusal(query, other) == "bad_signature"
    assert refusal(query, b"{}") == "not_encrypted"
    assert refusal(query, b"<xml/>") == "not_json"


@given(st.binary(max_size=200), st.dictionaries(st.text(max_size=15), st.text(max_size=40), max_size=5))
def test_anything_else_raises_nothing_but_a_refusal(body: bytes, query: dict[str, str]) -> None:
    with pytest.raises(CallbackRejected):
        bot.envelope().open(query, body)


def test_answers_are_sealed_so_that_the_platform_reads_them() -> None:
    sealed = json.loads(bot.envelope().seal('{"msgtype":"stream"}', bot.NONCE, bot.NOW, as_json=True))
    assert set(sealed) == {"encrypt", "msgsignature", "timestamp", "nonce"}
    assert sealed["timestamp"] == int(bot.SECONDS)
    assert sealed["nonce"] == bot.NONCE
    assert sealed["msgsignature"] == crypto.sign(bot.TOKEN, bot.SECONDS, bot.NONCE, sealed["encrypt"])
    cipher = crypto.MessageCipher(key=crypto.decode_aes_key(bot.KEY), receive_id="")
    assert cipher.open(sealed["encrypt"]) == b'{"msgtype":"stream"}'
