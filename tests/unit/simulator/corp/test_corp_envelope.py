"""The WeCom envelope against published vectors, and the XML that travels inside."""

import base64
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from simulator.corp.envelope import CorpEnvelope, to_xml
from simulator.crypto import MessageCipher, decode_aes_key, sign
from simulator.envelope import ReplyDefect, Stamp
from simulator.markup import cdata, parse

SAMPLE = CorpEnvelope(
    token="QDG6eK",
    cipher=MessageCipher(
        key=decode_aes_key("jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"), receive_id="wx5823bf96d3bd56c7"
    ),
    corp_id="wx5823bf96d3bd56c7",
    agent_id=218,
)
SAMPLE_ECHO = "P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ=="
SAMPLE_SEALED = (
    "RypEvHKD8QQKFhvQ6QleEB4J58tiPdvo+rtK1I9qca6aM/wvqnLSV5zEPeusUiX5L5X/0lWfrf0QADHHhGd3QczcdCUpj911L3vg3W/s"
    "YYvuJTs3TUUkSUXxaccAS0qhxchrRYt66wiSpGLYL42aM6A8dTT+6k4aSknmPj48kzJs8qLjvd4Xgpue06DOdnLxAUHzM6+kDZ+HMZfJ"
    "YuR+LtwGc2hgf5gsijff0ekUNXZiqATP7PF5mZxZ3Izoun1s4zG4LUMnvw2r+KqCKIw+3IQH03v+BCA9nMELNqbSf6tiWSrXJB3LAVGU"
    "callcrw8V2t9EL4EhzJWrQUax5wLVMNS0+rUPA3k22Ncx4XXZS9o0MBH27Bo6BpNelZpS+/uh9KsNlY6bHCmJU9p8g7m3fVKn28H3KDY"
    "A5Pl/T8Z1ptDAVe0lXdQ2YoyyH2uyPIGHBZZIs2pDBS8R07+qN+E7Q=="
)
SAMPLE_CLEAR = (
    "<xml><ToUserName><![CDATA[wx5823bf96d3bd56c7]]></ToUserName>\n"
    "<FromUserName><![CDATA[mycreate]]></FromUserName>\n"
    "<CreateTime>1409659813</CreateTime>\n"
    "<MsgType><![CDATA[text]]></MsgType>\n"
    "<Content><![CDATA[hello]]></Content>\n"
    "<MsgId>4561255354251345929</MsgId>\n"
    "<AgentID>218</AgentID>\n"
    "</xml>"
)
PASSIVE = CorpEnvelope(
    token="123456",
    cipher=MessageCipher(
        key=decode_aes_key("kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR"), receive_id="wx49f0ab532d5d035a"
    ),
    corp_id="wx49f0ab532d5d035a",
    agent_id=1,
)
PASSIVE_CLEAR = (
    "<xml>\n<MsgType><![CDATA[text]]></MsgType>\n<Content><![CDATA[test]]></Content>\n"
    "<FromUserName><![CDATA[wx49f0ab532d5d035a]]></FromUserName>\n"
    "<ToUserName><![CDATA[messense]]></ToUserName>\n<AgentID>1</AgentID>\n"
    "<CreateTime>1411525903</CreateTime>\n</xml>"
)
PASSIVE_SEALED = (
    "9s4gMv99m88kKTh/H8IdkOiMg6bisoy3ypwy9H4hvSPe9nsGaqyw5hhSjdYbcrKk+j3nba4HMOTzHrluLBYqxgNcBqGsL8GqxlhZgURn"
    "AtObvesEl5nZ+uBE8bviY0LWke8Zy9V/QYKxNV2FqllNXcfmstttyIkMKCCmVbCFM2JTF5wY0nFhHZSjPUL2Q1qvSUCUld+/WIXrx0oy"
    "KQmpB6o8NRrrNrsDf03oxI1p9FxUgMnwKKZeOA/uu+2IEvEBtb7muXsVbwbgX05UPPJvFurDXafG0RQyPR+mf1nDnAtQmmNOuiR5MIkd"
    "Q39xn1vWwi1O5oazPoQJz0nTYjxxEE8kv3kFxtAGVRe3ypD3WeK2XeFYFMNMpatF9XiKzHo3"
)
PUSHED_SEALED = (
    "RgqEoJj5A4EMYlLvWO1F86ioRjZfaex/gePD0gOXTxpsq5Yj4GNglrBb8I2BAJVODGajiFnXBu7mCPatfjsu6IHCrsTyeDXzF6Bv283d"
    "Gymzxh6ydJRvZsryDyZbLTE7rhnus50qGPMfp2wASFlzEgMW9z1ef/RD8XzaFYgm7iTdaXpXaG4+BiYyolBug/gYNx410cvkKR2/nPwB"
    "iT+P4hIiOAQqGp/TywZBtDh1yCF2KOd0gpiMZ5jSw3e29mTvmUHzkVQiMS6td7vXUaWOMZnYZlF3So2SjHnwh4jYFxdgpkHHqIrH/54S"
    "NdshoQgWYEvccTKe7FS709/5t6NMxuGhcUGAPOQipvWTT4dShyqio7mlsl5noTrb++x6En749zCpQVhDpbV6GDnTbcX2e8K9QaNWHp91"
    "eBdCRxthuL0="
)
STAMP = Stamp(timestamp=1_700_000_000, nonce="12345")


def test_the_signatures_of_the_published_sample() -> None:
    assert sign("QDG6eK", "1409659589", "263014780", SAMPLE_ECHO) == (
        "5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3"
    )
    assert sign("QDG6eK", "1409659813", "1372623149", SAMPLE_SEALED) == (
        "477715d11cdb4164915debcba66cb864d751f3e6"
    )


def test_the_sealed_sample_opens_and_seals_to_the_same() -> None:
    assert SAMPLE.cipher.open(SAMPLE_SEALED).decode() == SAMPLE_CLEAR
    random = sealed_random(SAMPLE.cipher, SAMPLE_SEALED)
    assert SAMPLE.cipher.seal(SAMPLE_CLEAR.encode(), random=random) == SAMPLE_SEALED
    assert SAMPLE.cipher.seal(b"1616140317555161061", random=b"c41b64491c2468d0") == SAMPLE_ECHO


def sealed_random(cipher: MessageCipher, sealed: str) -> bytes:
    """The sixteen random bytes that a published text was sealed with."""
    decryptor = Cipher(algorithms.AES256(cipher.key), modes.CBC(cipher.key[:16])).decryptor()
    return decryptor.update(base64.b64decode(sealed))[:16]


def test_the_verification_and_the_callback_of_the_other_vectors() -> None:
    echo = "4ByGGj+sVCYcvGeQYhaKIk1o0pQRNbRjxybjTGblXrBaXlTXeOo1+bXFXDQQb1o6co6Yh9Bv41n7hOchLF6p+Q=="
    assert sign("123456", "1411443780", "437374425", echo) == "dd6b9c95b495b3f7e2901bfbc76c664930ffdb96"
    assert PASSIVE.cipher.open(echo) == b"5927782489442352469"
    assert sign("123456", "1411525903", "461056294", PUSHED_SEALED) == (
        "74d92dfeb87ba7c714f89d98870ae5eb62dff26d"
    )
    fields = {node.name: node.text for node in parse(PASSIVE.cipher.open(PUSHED_SEALED)).children}
    assert (fields["Content"], fields["FromUserName"]) == ("test", "messense")


def test_the_passive_reply_of_the_other_vectors() -> None:
    sealed = PASSIVE.cipher.seal(PASSIVE_CLEAR.encode(), random=b"1234567890123456")
    assert sealed == PASSIVE_SEALED
    body = reply(PASSIVE_SEALED, "407518b7649e86ef23978113f92d27afa9296533")
    assert PASSIVE.unwrap(body) == (PASSIVE_CLEAR.encode(), "461056294")


def reply(sealed: str, signature: str) -> bytes:
    """A reply envelope as a bot writes it."""
    parts = {
        "Encrypt": sealed,
        "MsgSignature": signature,
        "TimeStamp": "1411525903",
        "Nonce": "461056294",
    }
    return ("<xml>" + "".join(f"<{k}>{cdata(v)}</{k}>" for k, v in parts.items()) + "</xml>").encode()


@pytest.mark.parametrize(
    "body",
    [reply(PASSIVE_SEALED, "0" * 40), b"<xml><MsgType>text</MsgType></xml>", b"hello", b"<xml></xml>"],
)
def test_other_replies_are_refused(body: bytes) -> None:
    with pytest.raises(ReplyDefect):
        PASSIVE.unwrap(body)


def test_a_reply_for_another_corp_is_refused() -> None:
    other = replace(PASSIVE, cipher=MessageCipher(key=PASSIVE.cipher.key, receive_id="ww2"))
    with pytest.raises(ReplyDefect, match="cipher"):
        other.unwrap(reply(PASSIVE_SEALED, "407518b7649e86ef23978113f92d27afa9296533"))


def test_a_callback_is_sealed_and_signed_over_what_is_sealed() -> None:
    out = SAMPLE.wrap(SAMPLE_CLEAR, STAMP)
    outer = {node.name: node.text for node in parse(out.body).children}
    assert set(outer) == {"ToUserName", "AgentID", "Encrypt"}
    assert (outer["ToUserName"], outer["AgentID"]) == ("wx5823bf96d3bd56c7", "218")
    assert out.query == {
        "msg_signature": sign("QDG6eK", "1700000000", "12345", outer["Encrypt"]),
        "timestamp": "1700000000",
        "nonce": "12345",
    }
    assert SAMPLE.cipher.open(outer["Encrypt"]).decode() == SAMPLE_CLEAR


def test_the_echo_of_the_verification_travels_sealed() -> None:
    query = SAMPLE.verification_query(STAMP, "42")
    assert SAMPLE.cipher.open(query["echostr"]) == b"42"
    assert query["msg_signature"] == sign("QDG6eK", "1700000000", "12345", query["echostr"])


def test_fields_become_elements() -> None:
    fields = {"A": "x]]>y", "N": 7, "L": ["p", "q"], "M": {"Item": [{"K": "v"}]}}
    assert to_xml(fields) == (
        "<xml><A><![CDATA[x]]]]><![CDATA[>y]]></A><N>7</N>"
        "<L><![CDATA[p]]></L><L><![CDATA[q]]></L><M><Item><K><![CDATA[v]]></K></Item></M></xml>"
    )
