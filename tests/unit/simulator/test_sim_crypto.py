"""The simulator's crypto against published vectors and against what must be refused."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.crypto import CipherDefect, MessageCipher, decode_aes_key, pad, sign, unpad

OFFICIAL = MessageCipher(key=decode_aes_key("A" * 43), receive_id="wxba5fad812f8e6fb9")
OFFICIAL_SEALED = (
    "+qdx1OKCy+5JPCBFWw70tm0fJGb2Jmeia4FCB7kao+/Q5c/ohsOzQHi8khUOb05JCpj0JB4RvQMkUyus8TPxLKJGQqcvZqzDpVzazhZv"
    "6JsXUnnR8XGT740XgXZUXQ7vJVnAG+tE8NUd4yFyjPy7GgiaviNrlCTj+l5kdfMuFUPpRSrfMZuMcp3Fn2Pede2IuQrKEYwKSqFIZoNq"
    "J4M8EajAsjLY2km32IIjdf8YL/P50F7mStwntrA2cPDrM1kb6mOcfBgRtWygb3VIYnSeOBrebufAlr7F9mFUPAJGj04="
)
OFFICIAL_CLEAR = (
    '{"ToUserName":"gh_97417a04a28d","FromUserName":"o9AgO5Kd5ggOC-bXrbNODIiE3bGY","CreateTime":1714112445,'
    '"MsgType":"event","Event":"debug_demo","debug_str":"hello world"}'
)


def test_plain_signatures_of_the_official_page() -> None:
    assert sign("AAAAA", "1714036504", "1514711492") == "f464b24fc39322e44b38aa78f5edd27bd1441696"
    assert sign("AAAAA", "1714037059", "486452656") == "899cf89e464efb63f54ddac96b0a0a235f53aa78"
    assert sign("AAAAA", "1714112445", "415670741") == "6c5c811b55cc85e0e1b54100749188c20beb3f5d"


def test_sealed_push_of_the_official_page() -> None:
    assert sign("AAAAA", "1714112445", "415670741", OFFICIAL_SEALED) == (
        "046e02f8204d34f8ba5fa3b1db94908f3df2e9b3"
    )
    assert OFFICIAL.open(OFFICIAL_SEALED).decode() == OFFICIAL_CLEAR
    assert OFFICIAL.seal(OFFICIAL_CLEAR.encode(), random=b"a8eedb185eb2fecf") == OFFICIAL_SEALED


def test_sealed_reply_of_the_official_page() -> None:
    sealed = OFFICIAL.seal(b'{"demo_resp":"good luck"}', random=b"707722b803182950")
    assert sealed == (
        "ELGduP2YcVatjqIS+eZbp80MNLoAUWvzzyJxgGzxZO/5sAvd070Bs6qrLARC9nVHm48Y4hyRbtzve1L32tmxSQ=="
    )
    assert sign("AAAAA", "1713424427", "415670741", sealed) == "1b9339964ed2e271e7c7b6ff2b0ef902fc94dea1"


def test_vector_with_chinese_text() -> None:
    key = decode_aes_key("abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG")
    cipher = MessageCipher(key=key, receive_id="wxb11529c136998cb6")
    sealed = cipher.seal("我是中文abcd123".encode(), random=b"aaaabbbbccccdddd")
    assert sealed == (
        "jn1L23DB+6ELqJ+6bruv21Y6MD7KeIfP82D6gU39rmkgczbWwt5+3bnyg5K55bgVtVzd832WzZGMhkP72vVOfg=="
    )


@pytest.mark.parametrize(
    ("key", "corp", "sealed", "clear"),
    [
        (
            "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C",
            "wx5823bf96d3bd56c7",
            "P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ==",
            "1616140317555161061",
        ),
        (
            "kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR",
            "wx49f0ab532d5d035a",
            "4ByGGj+sVCYcvGeQYhaKIk1o0pQRNbRjxybjTGblXrBaXlTXeOo1+bXFXDQQb1o6co6Yh9Bv41n7hOchLF6p+Q==",
            "5927782489442352469",
        ),
    ],
)
def test_vectors_of_the_same_cipher_in_wecom(key: str, corp: str, sealed: str, clear: str) -> None:
    assert MessageCipher(key=decode_aes_key(key), receive_id=corp).open(sealed).decode() == clear


@given(message=st.binary(max_size=300))
def test_what_is_sealed_opens_again(message: bytes) -> None:
    sealed = OFFICIAL.seal(message)
    assert len(base64.b64decode(sealed)) % 32 == 0
    assert OFFICIAL.open(sealed) == message


@pytest.mark.parametrize(("length", "count"), [(0, 32), (1, 31), (16, 16), (31, 1), (32, 32)])
def test_padding_goes_to_32(length: int, count: int) -> None:
    padded = pad(bytes(length))
    assert padded[-1] == count
    assert unpad(padded) == bytes(length)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "no multiple"),
        (bytes(31), "no multiple"),
        (bytes(32), "outside"),
        (bytes(31) + b"\x21", "outside"),
        (bytes(30) + b"\x03\x02", "differ"),
    ],
)
def test_wrong_padding_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(CipherDefect, match=reason):
        unpad(data)


def test_another_accounts_receive_id_is_refused() -> None:
    other = MessageCipher(key=OFFICIAL.key, receive_id="wx0000000000000000")
    with pytest.raises(CipherDefect, match="receive id"):
        OFFICIAL.open(other.seal(b"hello"))


@pytest.mark.parametrize("sealed", ["", "***", "YWJj", base64.b64encode(bytes(48)).decode()])
def test_what_is_no_ciphertext_is_refused(sealed: str) -> None:
    with pytest.raises(CipherDefect):
        OFFICIAL.open(sealed)


@pytest.mark.parametrize("key", ["", "A" * 42, "A" * 44, "A" * 42 + "="])
def test_keys_of_the_wrong_form_are_refused(key: str) -> None:
    with pytest.raises(ValueError, match="43"):
        decode_aes_key(key)
