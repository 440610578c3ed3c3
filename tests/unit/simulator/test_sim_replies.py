"""Every defect that a passive reply can have is found, and named."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from simulator.crypto import MessageCipher, decode_aes_key, sign
from simulator.envelope import BodyFormat, Envelope, Mode, ReplyDefect, Stamp
from simulator.messages import Inner
from simulator.replies import Expectation, read_reply

OPENID, ACCOUNT = "oABCDEFGHIJKLMNOPQRSTUVWXYZ0", "gh_0123456789ab"
EXPECTED = Expectation(
    openid=OPENID, original_id=ACCOUNT, answers_event=False, known_media=lambda media: media == "M1"
)
HEAD = f"<ToUserName>{OPENID}</ToUserName><FromUserName>{ACCOUNT}</FromUserName><CreateTime>1714112445</CreateTime>"


def xml(kind: str, rest: str, head: str = HEAD) -> bytes:
    return f"<xml>{head}<MsgType>{kind}</MsgType>{rest}</xml>".encode()


@pytest.mark.parametrize(
    ("body", "content"),
    [
        (xml("text", "<Content><![CDATA[好的 <b>]]></Content>"), {"text": "好的 <b>"}),
        (xml("image", "<Image><MediaId>M1</MediaId></Image>"), {"media_id": "M1"}),
        (xml("voice", "<Voice><MediaId>M1</MediaId></Voice>"), {"media_id": "M1"}),
        (
            xml("video", "<Video><MediaId>M1</MediaId><Title>t</Title></Video>"),
            {"media_id": "M1", "title": "t"},
        ),
        (
            xml("music", "<Music><Title>t</Title><ThumbMediaId>M1</ThumbMediaId></Music>"),
            {"title": "t", "thumb_media_id": "M1"},
        ),
        (
            xml(
                "news",
                "<ArticleCount>1</ArticleCount><Articles><item><Title>t</Title><Description>d</Description>"
                "<PicUrl>p</PicUrl><Url>u</Url></item></Articles>",
            ),
            {"articles": [{"title": "t", "description": "d", "picurl": "p", "url": "u"}]},
        ),
        (xml("transfer_customer_service", ""), {"account": None}),
        (
            xml("transfer_customer_service", "<TransInfo><KfAccount>a@b</KfAccount></TransInfo>"),
            {"account": "a@b"},
        ),
    ],
)
def test_good_replies(body: bytes, content: dict[str, object]) -> None:
    assert read_reply(body, BodyFormat.XML, EXPECTED).content == content


def test_milliseconds_are_a_time_too() -> None:
    body = xml("text", "<Content>a</Content>", HEAD.replace("1714112445", "1714112445123"))
    assert read_reply(body, BodyFormat.XML, EXPECTED).kind == "text"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"ok", "malformed"),
        (b"success\n", "malformed"),
        (b'{"status":"ok"}', "malformed"),
        (b"<html><body/></html>", "malformed"),
        (b"<xml>stray</xml>", "malformed"),
        (xml("text", ""), "missing-field"),
        (b"<xml><MsgType>text</MsgType></xml>", "missing-field"),
        (xml("text", "<Content>a</Content><Content>b</Content>"), "repeated-field"),
        (xml("text", "<Content>a</Content><FuncFlag>1</FuncFlag>"), "unexpected-field"),
        (xml("text", "<Content></Content>"), "empty-content"),
        (xml("text", "<Content><b>x</b></Content>"), "malformed"),
        (xml("text", f"<Content>{'长' * 683}</Content>"), "too-long"),
        (xml("hologram", "<Content>a</Content>"), "msgtype"),
        (xml("Text", "<Content>a</Content>"), "msgtype"),
        (xml("text", "<Content>a</Content>", HEAD.replace(OPENID, ACCOUNT)), "to-user"),
        (
            xml("text", "<Content>a</Content>", HEAD.replace(ACCOUNT, "gh_other")),
            "from-user",
        ),
        (xml("text", "<Content>a</Content>", HEAD.replace("1714112445", "today")), "create-time"),
        (xml("text", "<Content>a</Content>", HEAD.replace("1714112445", "1714112445.5")), "create-time"),
        (xml("image", "<Image><MediaId>M2</MediaId></Image>"), "media-id"),
        (xml("image", "<MediaId>M1</MediaId>"), "missing-field"),
        (xml("news", "<ArticleCount>1</ArticleCount><Articles></Articles>"), "articles"),
        (
            xml(
                "news",
                "<ArticleCount>2</ArticleCount><Articles><item><Title>t</Title><Description>d</Description>"
                "<PicUrl>p</PicUrl><Url>u</Url></item></Articles>",
            ),
            "articles",
        ),
    ],
)
def test_defects(body: bytes, code: str) -> None:
    with pytest.raises(ReplyDefect) as caught:
        read_reply(body, BodyFormat.XML, EXPECTED)
    assert caught.value.code == code


def test_an_event_cannot_be_transferred() -> None:
    with pytest.raises(ReplyDefect, match="transfer"):
        read_reply(
            xml("transfer_customer_service", ""), BodyFormat.XML, replace(EXPECTED, answers_event=True)
        )


def test_json_replies() -> None:
    body = (
        f'{{"ToUserName":"{OPENID}","FromUserName":"{ACCOUNT}","CreateTime":1714112445,'
        '"MsgType":"text","Content":"好"}'
    ).encode()
    assert read_reply(body, BodyFormat.JSON, EXPECTED).content == {"text": "好"}
    with pytest.raises(ReplyDefect, match="malformed"):
        read_reply(body, BodyFormat.XML, EXPECTED)
    with pytest.raises(ReplyDefect, match="malformed"):
        read_reply(xml("text", "<Content>a</Content>"), BodyFormat.JSON, EXPECTED)
    with pytest.raises(ReplyDefect, match="repeated"):
        read_reply(b'{"MsgType":"text","MsgType":"text"}', BodyFormat.JSON, EXPECTED)


CIPHER = MessageCipher(key=decode_aes_key("A" * 43), receive_id="wx1")
SECURE = Envelope(token="T", cipher=CIPHER, mode=Mode.SECURE, body_format=BodyFormat.XML)


def sealed_reply(
    change: Callable[[dict[str, str]], None] = lambda fields: None, cipher: MessageCipher = CIPHER
) -> bytes:
    sealed = cipher.seal(b"<xml/>")
    fields = {
        "Encrypt": sealed,
        "MsgSignature": sign("T", "1714112445", "n", sealed),
        "TimeStamp": "1714112445",
        "Nonce": "n",
    }
    change(fields)
    inner = "".join(f"<{name}>{value}</{name}>" for name, value in fields.items())
    return f"<xml>{inner}</xml>".encode()


def test_a_sealed_reply_opens() -> None:
    assert SECURE.unwrap(sealed_reply()) == (b"<xml/>", "n")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (sealed_reply(lambda fields: fields.update(MsgSignature="0" * 40)), "signature"),
        (sealed_reply(lambda fields: fields.update(Nonce="m")), "signature"),
        (sealed_reply(lambda fields: fields.update(TimeStamp="now")), "envelope"),
        (sealed_reply(lambda fields: fields.__delitem__("Nonce")), "envelope"),
        (sealed_reply(cipher=replace(CIPHER, receive_id="wx2")), "cipher"),
        (xml("text", "<Content>a</Content>"), "not-sealed"),
    ],
)
def test_defects_of_the_envelope(body: bytes, code: str) -> None:
    with pytest.raises(ReplyDefect) as caught:
        SECURE.unwrap(body)
    assert caught.value.code == code


def test_modes_decide_what_may_be_clear() -> None:
    clear = xml("text", "<Content>a</Content>")
    compat, plain = replace(SECURE, mode=Mode.COMPAT), replace(SECURE, mode=Mode.PLAIN)
    assert compat.unwrap(clear) == (clear, None)
    assert compat.unwrap(sealed_reply()) == (b"<xml/>", "n")
    assert plain.unwrap(clear) == (clear, None)
    with pytest.raises(ReplyDefect, match="sealed"):
        plain.unwrap(sealed_reply())


INNER = Inner(
    to_user=ACCOUNT,
    from_user=OPENID,
    create_time=1714112445,
    msg_type="text",
    fields=(("Content", "几点]]>发货"),),
    msg_id="1882578392337874944",
)


def test_a_push_in_secure_mode_hides_the_content() -> None:
    out = SECURE.wrap(INNER, Stamp(timestamp=1714112445, nonce="n"))
    assert out.query["encrypt_type"] == "aes"
    assert out.query["openid"] == OPENID
    assert out.query["signature"] == sign("T", "1714112445", "n")
    assert "发货" not in out.body.decode()


def test_a_push_in_compat_mode_carries_both() -> None:
    out = replace(SECURE, mode=Mode.COMPAT).wrap(INNER, Stamp(timestamp=1, nonce="n"))
    assert "发货" in out.body.decode()
    assert "<Encrypt>" in out.body.decode()


def test_a_push_in_plain_mode_has_no_message_signature() -> None:
    out = replace(SECURE, mode=Mode.PLAIN, cipher=None).wrap(INNER, Stamp(timestamp=1, nonce="n"))
    assert set(out.query) == {"signature", "timestamp", "nonce", "openid"}
    assert "<MsgId>1882578392337874944</MsgId>" in out.body.decode()


@pytest.mark.parametrize("mode", list(Mode))
def test_pushes_in_json(mode: Mode) -> None:
    envelope = replace(SECURE, mode=mode, body_format=BodyFormat.JSON)
    out = envelope.wrap(INNER, Stamp(timestamp=1, nonce="n"))
    body = json.loads(out.body)
    clear = {
        "ToUserName": ACCOUNT,
        "FromUserName": OPENID,
        "CreateTime": 1714112445,
        "MsgType": "text",
        "Content": "几点]]>发货",
        "MsgId": 1882578392337874944,
    }
    sealed = body.pop("Encrypt", None)
    assert body == ({"ToUserName": ACCOUNT} if mode is Mode.SECURE else clear)
    assert (sealed is None) == (mode is Mode.PLAIN)
    if sealed is not None:
        assert json.loads(CIPHER.open(sealed)) == clear


def test_two_attempts_differ_outside_and_agree_inside() -> None:
    first = SECURE.wrap(INNER, Stamp(timestamp=1, nonce="a"))
    second = SECURE.wrap(INNER, Stamp(timestamp=2, nonce="b"))
    assert first.body != second.body
    assert first.query["msg_signature"] != second.query["msg_signature"]
