"""Whatever arrives, opening it either gives fields or raises CallbackRejected with a 4xx; never anything else."""

import base64
import json

from hypothesis import given
from hypothesis import strategies as st

from conversations.errors import CallbackRejected
from tests.unit.channels.official import vectors as v

NOW = "1714112445"
MODES = st.sampled_from(["plain", "compat", "secure"])
QUERY_NAMES = st.sampled_from(
    ["signature", "msg_signature", "timestamp", "nonce", "encrypt_type", "echostr", "openid"]
)
QUERY_VALUES = st.one_of(
    st.sampled_from([NOW, "n1", "aes", "", v.V2_SECURE_QUERY["msg_signature"]]),
    st.text(st.characters(exclude_categories=()), max_size=50),
)
QUERIES = st.dictionaries(QUERY_NAMES, QUERY_VALUES)
NAMES = st.sampled_from(["ToUserName", "Encrypt", "MsgType", "MsgId", "Event", "xml", "a"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.just(v.V2_ACCOUNT),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(NAMES | st.text(max_size=5), inner, max_size=4)
    ),
)
XML = st.lists(
    st.sampled_from(
        ["<xml>", "</xml>", "<ToUserName>", "</ToUserName>", v.V2_ACCOUNT, "<![CDATA[", "]]>", "&lt;", "&#0;", "&x;",
         "<!DOCTYPE x>", '<!ENTITY a "b">', "<?pi?>", "<!-- c -->", "<Encrypt/>", "\x00", "\ud800", "好",
         "<MsgId>1</MsgId>"]
    ),
    max_size=20,
).map("".join)  # fmt: skip
BODIES = st.one_of(
    st.binary(max_size=300),
    JSON.map(lambda value: json.dumps(value).encode()),
    XML.map(lambda text: text.encode("utf-8", "surrogatepass")),
)


def polite(rejected: CallbackRejected) -> None:
    assert 400 <= rejected.status < 500
    assert rejected.reason.replace("_", "").isalnum()


def opens_or_rejects(mode: str, query: dict[str, str], body: bytes) -> None:
    try:
        opened = v.envelope(NOW, mode).open(query, body)
    except CallbackRejected as rejected:
        polite(rejected)
    else:
        assert opened.fields["ToUserName"] == v.V2_ACCOUNT
        json.dumps(opened.fields, ensure_ascii=False).encode()


@given(mode=MODES, query=QUERIES, body=BODIES)
def test_unsigned_input(mode: str, query: dict[str, str], body: bytes) -> None:
    opens_or_rejects(mode, query, body)


@given(mode=MODES, body=BODIES)
def test_plain_bodies_under_a_valid_signature(mode: str, body: bytes) -> None:
    opens_or_rejects(mode, {"timestamp": NOW, "nonce": "n", "signature": v.sign(NOW, "n")}, body)


@given(mode=MODES, message=BODIES)
def test_messages_that_were_sealed_with_our_own_key(mode: str, message: bytes) -> None:
    opens_or_rejects(mode, *v.post(v.Sealer().encrypt(message)))


@given(mode=MODES, blocks=st.binary(max_size=160))
def test_decrypted_bytes_of_any_kind(mode: str, blocks: bytes) -> None:
    whole = blocks[: len(blocks) // 16 * 16]
    opens_or_rejects(mode, *v.post(v.Sealer().encrypt_blocks(whole)))


@given(mode=MODES, raw=st.binary(max_size=160))
def test_cipher_texts_of_any_kind(mode: str, raw: bytes) -> None:
    opens_or_rejects(mode, *v.post(base64.b64encode(raw).decode()))


@given(query=QUERIES)
def test_verification(query: dict[str, str]) -> None:
    try:
        assert v.envelope(NOW).verify(query) == query["echostr"]
    except CallbackRejected as rejected:
        polite(rejected)
