"""Whatever arrives, opening it either gives fields or raises CallbackRejected with a 4xx; never anything else."""

import base64
import json

from hypothesis import given
from hypothesis import strategies as st

from channels.wecom.protocol import App, read
from conversations.errors import CallbackRejected
from tests.unit.channels.wecom import vectors as v

APP = App(v.V1_CORP, 218)
QUERIES = st.dictionaries(
    st.sampled_from(["msg_signature", "timestamp", "nonce", "echostr"]),
    st.one_of(
        st.sampled_from([v.NOW, "n1", "", v.V1_QUERY["msg_signature"], v.V1_GET["echostr"]]),
        st.text(st.characters(exclude_categories=()), max_size=50),
    ),
)
XML = st.lists(
    st.sampled_from(
        ["<xml>", "</xml>", f"<ToUserName>{v.V1_CORP}</ToUserName>", "<![CDATA[", "]]>", "&#0;", "&x;",
         "<!DOCTYPE x>", "<Encrypt/>", "\x00", "\ud800", "好", "<MsgType>event</MsgType>",
         "<Event>template_card_event</Event>", "<TaskId>t</TaskId>", "<SelectedItems>", "</SelectedItems>",
         "<SelectedItem>", "</SelectedItem>", "<OptionIds><OptionId>a</OptionId></OptionIds>",
         "<QuestionKey>q</QuestionKey>", "<FromUserName>sys</FromUserName>", "<AgentID>9</AgentID>"]
    ),
    max_size=24,
).map("".join)  # fmt: skip
BODIES = st.one_of(st.binary(max_size=300), XML.map(lambda text: text.encode("utf-8", "surrogatepass")))


def polite(rejected: CallbackRejected) -> None:
    assert 400 <= rejected.status < 500
    assert rejected.reason.replace("_", "").isalnum()


def opens_or_rejects(query: dict[str, str], body: bytes) -> None:
    try:
        opened = v.envelope().open(query, body)
    except CallbackRejected as rejected:
        polite(rejected)
    else:
        assert opened.fields["ToUserName"] == v.V1_CORP
        json.dumps(opened.fields, ensure_ascii=False).encode()
        assert read(opened.fields, opened.key, APP).key == opened.key


@given(query=QUERIES, body=BODIES)
def test_unsigned_input(query: dict[str, str], body: bytes) -> None:
    opens_or_rejects(query, body)


@given(message=BODIES)
def test_messages_that_were_sealed_with_our_own_key(message: bytes) -> None:
    opens_or_rejects(*v.post(v.Sealer().encrypt(message)))


@given(inner=XML)
def test_documents_that_are_well_formed_at_the_top(inner: str) -> None:
    whole = f"<xml><ToUserName>{v.V1_CORP}</ToUserName>{inner}</xml>"
    opens_or_rejects(*v.post(v.Sealer().encrypt(whole.encode("utf-8", "surrogatepass"))))


@given(blocks=st.binary(max_size=160))
def test_decrypted_bytes_of_any_kind(blocks: bytes) -> None:
    opens_or_rejects(*v.post(v.Sealer().encrypt_blocks(blocks[: len(blocks) // 16 * 16])))


@given(raw=st.binary(max_size=160))
def test_cipher_texts_of_any_kind(raw: bytes) -> None:
    opens_or_rejects(*v.post(base64.b64encode(raw).decode()))


@given(query=QUERIES, echo=st.binary(max_size=80))
def test_verification(query: dict[str, str], echo: bytes) -> None:
    for asked in (query, v.get(v.Sealer().encrypt(echo))):
        try:
            assert v.envelope().verify(asked).encode() == echo
        except CallbackRejected as rejected:
            polite(rejected)
