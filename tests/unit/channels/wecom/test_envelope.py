"""Callbacks are opened only when signature, freshness, cipher, padding, corp, document and receiver are right."""

import base64
import struct
from datetime import UTC, datetime, timedelta

import pytest
import xmltodict
from pydantic import SecretStr

from channels.wecom.envelope import WecomEnvelope
from conversations.clock import ManualClock
from conversations.errors import CallbackRejected, ConfigError
from tests.unit.channels.official import vectors as official
from tests.unit.channels.wecom import vectors as v

TEXT = (
    f"<xml><ToUserName><![CDATA[{v.V1_CORP}]]></ToUserName><FromUserName><![CDATA[zhangsan]]></FromUserName>"
    "<CreateTime>1409659813</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[几点开门？]]></Content>"
    "<MsgId>4561255354251345929</MsgId><AgentID>218</AgentID></xml>"
)
AT = datetime.fromtimestamp(int(v.NOW), UTC)


def refusal(query: dict[str, str], body: bytes) -> str:
    """The reason why the callback is refused."""
    with pytest.raises(CallbackRejected) as caught:
        v.envelope().open(query, body)
    assert 400 <= caught.value.status < 500
    return caught.value.reason


def verify_refusal(query: dict[str, str]) -> str:
    with pytest.raises(CallbackRejected) as caught:
        v.envelope().verify(query)
    return caught.value.reason


def sealed(message: str = TEXT) -> tuple[dict[str, str], bytes]:
    return v.post(v.Sealer().encrypt(message.encode()))


class TestVectors:
    def test_v1_verification_answers_the_clear_text(self) -> None:
        assert v.envelope("1409659589").verify(v.V1_GET) == "1616140317555161061"

    def test_v4_verification(self) -> None:
        opening = WecomEnvelope(v.v4_settings(), v.at("1411443780"))
        assert opening.verify(v.V4_GET) == "5927782489442352469"

    def test_v1_message(self) -> None:
        opened = v.envelope().open(v.V1_QUERY, v.V1_BODY)
        assert opened.fields == {
            "ToUserName": v.V1_CORP,
            "FromUserName": "mycreate",
            "CreateTime": "1409659813",
            "MsgType": "text",
            "Content": "hello",
            "MsgId": "4561255354251345929",
            "AgentID": "218",
        }
        assert opened.key == f"wecom:{v.V1_CORP}:4561255354251345929"

    def test_v4_message_and_reply(self) -> None:
        both = WecomEnvelope(v.v4_settings(), v.at("1411525903"), prefix=lambda: "1234567890123456")
        body = f"<xml><ToUserName>{v.V4_CORP}</ToUserName><Encrypt>{official.V4_ENCRYPT}</Encrypt></xml>"
        opened = both.open(official.V4_QUERY, body.encode())
        assert (opened.fields["Content"], opened.fields["FromUserName"]) == ("test", "messense")
        reply = both.seal(official.V4_REPLY, "461056294", datetime.fromtimestamp(1411525903, UTC))
        assert xmltodict.parse(reply)["xml"] == {
            "Encrypt": official.V4_REPLY_ENCRYPT,
            "MsgSignature": official.V4_REPLY_SIGNATURE,
            "TimeStamp": "1411525903",
            "Nonce": "461056294",
        }


class TestForgery:
    def test_an_honest_message_is_opened(self) -> None:
        assert v.envelope().open(*sealed()).fields["Content"] == "几点开门？"

    @pytest.mark.parametrize("part", ["msg_signature", "timestamp", "nonce"])
    def test_a_changed_or_missing_parameter_is_refused(self, part: str) -> None:
        query, body = sealed()
        assert refusal(query | {part: query[part][:-1] + "7"}, body) == "bad_signature"
        assert refusal({name: query[name] for name in query if name != part}, body) == f"no_{part}"

    @pytest.mark.parametrize("part", ["msg_signature", "timestamp", "nonce", "echostr"])
    def test_a_changed_or_missing_parameter_of_a_verification_is_refused(self, part: str) -> None:
        query = v.get(v.Sealer().encrypt(b"123"))
        changed = query[part][:-2] + ("A=" if query[part][-2:] != "A=" else "B=")
        assert verify_refusal(query | {part: changed}) == "bad_signature"
        assert verify_refusal({name: query[name] for name in query if name != part}) == f"no_{part}"

    def test_a_signature_that_leaves_the_cipher_text_out_is_refused(self) -> None:
        query, body = sealed()
        assert refusal(query | {"msg_signature": v.sign(v.NOW, "n1")}, body) == "bad_signature"

    @pytest.mark.parametrize("position", [0, 5, 100, -5])
    def test_changed_cipher_text_is_noticed(self, position: int) -> None:
        index = position % len(v.V1_ENCRYPT)
        letter = "B" if v.V1_ENCRYPT[index] != "B" else "C"
        tampered = v.V1_ENCRYPT[:index] + letter + v.V1_ENCRYPT[index + 1 :]
        assert (
            refusal(v.V1_QUERY, v.V1_BODY.replace(v.V1_ENCRYPT.encode(), tampered.encode()))
            == "bad_signature"
        )

    def test_clear_fields_beside_the_cipher_text_do_not_count(self) -> None:
        query, body = sealed()
        forged = body.replace(b"<Encrypt>", b"<Content>forged</Content><Encrypt>")
        assert v.envelope().open(query, forged).fields["Content"] == "几点开门？"

    @pytest.mark.parametrize("body", [TEXT.encode(), b'{"Encrypt":"AAAA"}'])
    def test_what_is_not_encrypted_xml_is_refused(self, body: bytes) -> None:
        assert refusal(v.V1_QUERY, body) in {"not_encrypted", "not_xml"}

    def test_another_corp_is_refused_by_its_cipher_and_by_its_name(self) -> None:
        foreign = v.Sealer(receiver="ww0000000000000000")
        assert refusal(*v.post(foreign.encrypt(TEXT.encode()))) == "wrong_app"
        assert verify_refusal(v.get(foreign.encrypt(b"123"))) == "wrong_app"
        assert refusal(*sealed(TEXT.replace(v.V1_CORP, "ww0000000000000000"))) == "wrong_account"
        assert refusal(*v.post(v.Sealer(receiver="").encrypt(TEXT.encode()))) == "wrong_app"

    @pytest.mark.parametrize(
        "body", [b"", b"junk", b"<xml/>", b"<xml></xml>", b"<a><b/></a>", b"\xff", b"<!DOCTYPE x><xml/>"]
    )
    def test_junk_is_refused(self, body: bytes) -> None:
        assert refusal(v.V1_QUERY, body) in {
            "malformed", "not_a_callback", "not_encrypted", "not_utf8", "doctype"
        }  # fmt: skip

    @pytest.mark.parametrize(
        "encrypted", ["====", "AAAA", "not base64!", base64.b64encode(b"x" * 33).decode()]
    )
    def test_bad_cipher_text_under_a_good_signature_is_refused(self, encrypted: str) -> None:
        assert refusal(*v.post(encrypted)) in {"bad_cipher_text", "bad_padding"}
        assert verify_refusal(v.get(encrypted)) in {"bad_cipher_text", "bad_padding"}

    @pytest.mark.parametrize("padding", [b"\x00" * 32, bytes([33]) * 32, b"\x00" * 31 + bytes([32])])
    def test_padding_is_validated(self, padding: bytes) -> None:
        message = TEXT.encode()
        message += b" " * (-(16 + 4 + len(message) + len(v.V1_CORP)) % 32)
        clear = b"0123456789abcdef" + struct.pack(">I", len(message)) + message + v.V1_CORP.encode()
        good = v.post(v.Sealer().encrypt_blocks(clear + bytes([32]) * 32))
        assert v.envelope().open(*good).fields["MsgType"] == "text"
        assert refusal(*v.post(v.Sealer().encrypt_blocks(clear + padding))) == "bad_padding"

    @pytest.mark.parametrize("echo", [b"<script>", b"a b", "中文".encode(), b"x" * 257, b"a\nb", b""])
    def test_an_odd_echo_is_not_reflected(self, echo: bytes) -> None:
        assert verify_refusal(v.get(v.Sealer().encrypt(echo))) == "bad_echostr"


class TestFreshness:
    @pytest.mark.parametrize(("offset", "fresh"), [(-301, False), (-300, True), (300, True), (301, False)])
    def test_a_callback_may_be_five_minutes_off_either_way(self, offset: int, fresh: bool) -> None:
        opening = WecomEnvelope(v.settings(), ManualClock(AT + timedelta(seconds=offset)))
        if fresh:
            assert opening.open(*sealed()).fields["MsgType"] == "text"
        else:
            with pytest.raises(CallbackRejected, match="stale"):
                opening.open(*sealed())
            with pytest.raises(CallbackRejected, match="stale"):
                opening.verify(v.get(v.Sealer().encrypt(b"123")))


class TestKeys:
    EVENT = (
        f"<xml><ToUserName>{v.V1_CORP}</ToUserName><FromUserName>sys</FromUserName>"
        "<CreateTime>1409659813</CreateTime><MsgType>event</MsgType><Event>change_external_contact</Event>"
        "<ChangeType>add_external_contact</ChangeType><ExternalUserID>{}</ExternalUserID></xml>"
    )

    def key(self, message: str) -> str:
        return v.envelope().open(*sealed(message)).key

    def test_a_retry_in_a_new_envelope_has_the_same_key(self) -> None:
        for message in (TEXT, self.EVENT.format("wm1")):
            encrypted = v.Sealer().encrypt(message.encode())
            first = v.envelope().open(*v.post(encrypted, nonce="a")).key
            assert v.envelope().open(*v.post(encrypted, timestamp="1409659818", nonce="b")).key == first

    def test_two_customers_added_in_one_second_are_two_events(self) -> None:
        keys = {self.key(self.EVENT.format(customer)) for customer in ("wm1", "wm2")}
        assert len(keys) == 2
        assert all(key.startswith(f"wecom:{v.V1_CORP}:sha256:") for key in keys)


class TestFields:
    def test_one_element_and_two_read_alike(self) -> None:
        event = (
            f"<xml><ToUserName>{v.V1_CORP}</ToUserName><MsgType>event</MsgType>"
            "<MemChangeList>{}</MemChangeList><AuthAddOpenKfId>wk1</AuthAddOpenKfId></xml>"
        )
        one = v.envelope().open(*sealed(event.format("<Item>A</Item>"))).fields
        two = v.envelope().open(*sealed(event.format("<Item>A</Item><Item>B</Item>"))).fields
        assert one["MemChangeList"] == {"Item": ["A"]}
        assert two["MemChangeList"] == {"Item": ["A", "B"]}
        assert one["AuthAddOpenKfId"] == ["wk1"]

    def test_the_texts_stay_out_of_the_repr(self) -> None:
        assert "几点" not in repr(v.envelope().open(*sealed()))


class TestSealing:
    def test_a_sealed_reply_opens_again_and_cannot_be_broken_out_of(self) -> None:
        clear = TEXT.replace("几点开门？", "早上九点 😊 ]]]]><![CDATA[>")
        answer = xmltodict.parse(v.envelope().seal(clear, "n1]]></Nonce><Evil>", AT))["xml"]
        assert set(answer) == {"Encrypt", "MsgSignature", "TimeStamp", "Nonce"}
        query = {"timestamp": v.NOW, "nonce": answer["Nonce"], "msg_signature": answer["MsgSignature"]}
        body = f"<xml><Encrypt>{answer['Encrypt']}</Encrypt></xml>".encode()
        assert v.envelope().open(query, body).fields["Content"] == "早上九点 😊 ]]>"

    @pytest.mark.parametrize("key", ["A" * 42, "A" * 44, "", "A" * 42 + "+"])
    def test_a_key_of_another_form_is_a_config_error(self, key: str) -> None:
        with pytest.raises(ConfigError, match=r"wecom\.encoding_aes_key: must be 43 letters or digits"):
            v.envelope(encoding_aes_key=SecretStr(key))
