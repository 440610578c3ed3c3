"""Callbacks are opened only when signature, freshness, cipher, padding, app id, document and receiver are right."""

import base64
import json
import struct
from datetime import UTC, datetime, timedelta

import pytest
import xmltodict
from pydantic import SecretStr

from channels.official.envelope import Envelope
from channels.sealing import random_prefix
from conversations.clock import ManualClock
from conversations.errors import CallbackRejected, ConfigError
from tests.unit.channels.official import vectors as v

NOW = "1714112445"
TEXT = (
    f"<xml><ToUserName><![CDATA[{v.V2_ACCOUNT}]]></ToUserName>"
    "<FromUserName><![CDATA[oFictional_Wang]]></FromUserName><CreateTime>1714112445</CreateTime>"
    "<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[几点开门？]]></Content>"
    "<MsgId>24500000000000001</MsgId></xml>"
)


def opening(query: dict[str, str], body: bytes, mode: str = "secure") -> str:
    """The reason why the callback is refused."""
    with pytest.raises(CallbackRejected) as caught:
        v.envelope(NOW, mode).open(query, body)
    assert 400 <= caught.value.status < 500
    return caught.value.reason


def sealed(message: str = TEXT) -> tuple[dict[str, str], bytes]:
    return v.post(v.Sealer().encrypt(message.encode()))


class TestVectors:
    @pytest.mark.parametrize("mode", ["plain", "compat", "secure"])
    def test_v2_address_verification_is_plain_in_every_mode(self, mode: str) -> None:
        assert v.envelope("1714036504", mode).verify(v.V2_GET) == "4375120948345356249"

    @pytest.mark.parametrize("mode", ["plain", "compat"])
    def test_v2_plain_callback(self, mode: str) -> None:
        opened = v.envelope("1714037059", mode).open(v.V2_PLAIN_QUERY, v.V2_PLAIN_BODY)
        assert opened.fields["debug_str"] == "hello world"
        assert opened.fields["CreateTime"] == "1714037059"

    @pytest.mark.parametrize("mode", ["compat", "secure"])
    def test_v2_secure_callback(self, mode: str) -> None:
        opened = v.envelope(NOW, mode).open(v.V2_SECURE_QUERY, v.V2_SECURE_BODY)
        assert opened.fields["FromUserName"] == "o9AgO5Kd5ggOC-bXrbNODIiE3bGY"
        assert opened.fields["debug_str"] == "hello world"

    def test_v2_reply(self) -> None:
        sealing = Envelope(v.settings(), v.at(NOW), prefix=lambda: "707722b803182950")
        sealed_xml = sealing.seal(
            '{"demo_resp":"good luck"}', "415670741", datetime.fromtimestamp(1713424427, UTC)
        )
        assert xmltodict.parse(sealed_xml)["xml"] == {
            "Encrypt": v.V2_REPLY_ENCRYPT,
            "MsgSignature": "1b9339964ed2e271e7c7b6ff2b0ef902fc94dea1",
            "TimeStamp": "1713424427",
            "Nonce": "415670741",
        }

    def test_v3_cipher_text(self) -> None:
        settings = v.settings(
            app_id="wxb11529c136998cb6",
            token=SecretStr("pamtest"),
            encoding_aes_key=SecretStr("abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"),
        )
        sealing = Envelope(settings, v.at(1409304348), prefix=lambda: "aaaabbbbccccdddd")
        sealed_xml = sealing.seal("我是中文abcd123", "xxxxxx", datetime.fromtimestamp(1409304348, UTC))
        assert xmltodict.parse(sealed_xml)["xml"]["Encrypt"] == v.V3_ENCRYPT

    def test_v4_message_and_reply(self) -> None:
        settings = v.settings(
            app_id=v.V4_CORP,
            original_id=v.V4_CORP,
            token=SecretStr("123456"),
            encoding_aes_key=SecretStr(v.V4_KEY),
        )
        opening = Envelope(settings, v.at(1411525903), prefix=lambda: "1234567890123456")
        body = f"<xml><ToUserName>{v.V4_CORP}</ToUserName><Encrypt>{v.V4_ENCRYPT}</Encrypt></xml>"
        opened = opening.open(v.V4_QUERY, body.encode())
        assert opened.fields["Content"] == "test"
        assert opened.fields["FromUserName"] == "messense"
        sealed_xml = opening.seal(v.V4_REPLY, "461056294", datetime.fromtimestamp(1411525903, UTC))
        fields = xmltodict.parse(sealed_xml)["xml"]
        assert fields["Encrypt"] == v.V4_REPLY_ENCRYPT
        assert fields["MsgSignature"] == v.V4_REPLY_SIGNATURE


class TestForgery:
    def test_an_honest_message_is_opened(self) -> None:
        opened = v.envelope(NOW).open(*sealed())
        assert opened.fields["Content"] == "几点开门？"
        assert opened.key == f"official:{v.V2_ACCOUNT}:24500000000000001"

    @pytest.mark.parametrize("part", ["msg_signature", "timestamp", "nonce"])
    def test_a_changed_parameter_is_noticed(self, part: str) -> None:
        query, body = sealed()
        assert opening(query | {part: query[part][:-1] + "7"}, body) == "bad_signature"

    @pytest.mark.parametrize("part", ["msg_signature", "timestamp", "nonce"])
    def test_a_missing_parameter_is_refused(self, part: str) -> None:
        query, body = sealed()
        assert opening({name: query[name] for name in query if name != part}, body) == f"no_{part}"
        assert opening(query | {part: ""}, body) == f"no_{part}"

    @pytest.mark.parametrize("position", [0, 5, 100, -5])
    def test_changed_cipher_text_is_noticed(self, position: int) -> None:
        query, body = v.post(v.V2_ENCRYPT)
        letter = v.V2_ENCRYPT[position]
        tampered = body.replace(v.V2_ENCRYPT.encode(), _swap(v.V2_ENCRYPT, position, letter).encode())
        assert opening(query, tampered) == "bad_signature"

    def test_the_plain_signature_does_not_open_a_secure_callback(self) -> None:
        query, body = sealed()
        assert opening(query | {"msg_signature": query["signature"]}, body) == "bad_signature"

    @pytest.mark.parametrize("signature", ["", "é" * 40, "\udcff", "A" * 100_000])
    def test_odd_signatures_are_refused(self, signature: str) -> None:
        query, body = sealed()
        assert opening(query | {"msg_signature": signature}, body) in {"bad_signature", "no_msg_signature"}

    def test_secure_refuses_a_plain_body_even_when_its_signature_is_right(self) -> None:
        assert opening(v.V2_PLAIN_QUERY, v.V2_PLAIN_BODY) == "not_encrypted"

    def test_compat_reads_the_cipher_text_and_not_the_clear_fields_beside_it(self) -> None:
        query, body = sealed()
        forged = body.replace(b"<Encrypt>", b"<Content>forged</Content><Encrypt>")
        assert v.envelope(NOW, "compat").open(query, forged).fields["Content"] == "几点开门？"

    def test_compat_does_not_fall_back_to_plain_when_the_cipher_text_is_wrong(self) -> None:
        query, body = sealed()
        forged = body.replace(b"<Encrypt><![CDATA[", b"<Encrypt><![CDATA[AAAA")
        assert opening(query, forged, "compat") == "bad_signature"
        assert opening(query, TEXT.encode(), "compat") == "no_cipher_text"

    def test_plain_says_so_when_the_console_is_set_to_secure(self) -> None:
        assert opening(*sealed(), mode="plain") == "encrypted"

    def test_another_account_is_refused(self) -> None:
        assert opening(*sealed(TEXT.replace(v.V2_ACCOUNT, "gh_other"))) == "wrong_account"

    def test_two_receivers_are_refused(self) -> None:
        twice = TEXT.replace("<FromUserName>", f"<ToUserName>{v.V2_ACCOUNT}</ToUserName><FromUserName>")
        assert opening(*sealed(twice)) == "wrong_account"

    def test_another_app_id_is_refused(self) -> None:
        query, body = v.post(v.Sealer(app_id="wx0000000000000000").encrypt(TEXT.encode()))
        assert opening(query, body) == "wrong_app"


class TestFreshness:
    @pytest.mark.parametrize(("offset", "fresh"), [(-301, False), (-300, True), (300, True), (301, False)])
    def test_a_callback_may_be_five_minutes_off_either_way(self, offset: int, fresh: bool) -> None:
        query, body = sealed()
        clock = ManualClock(datetime.fromtimestamp(int(NOW), UTC) + timedelta(seconds=offset))
        opening = Envelope(v.settings(), clock)
        if fresh:
            assert opening.open(query, body).fields["MsgType"] == "text"
        else:
            with pytest.raises(CallbackRejected, match="stale"):
                opening.open(query, body)

    def test_address_verification_must_be_fresh_too(self) -> None:
        with pytest.raises(CallbackRejected, match="stale"):
            v.envelope("1714037000").verify(v.V2_GET)

    @pytest.mark.parametrize(
        "timestamp", ["now", "-1", "1e9", "１７１４１１２４４５", "9" * 400, "1714112445.0"]
    )
    def test_what_is_not_a_timestamp_is_refused(self, timestamp: str) -> None:
        encrypted = v.Sealer().encrypt(TEXT.encode())
        query, body = v.post(encrypted, timestamp=timestamp)
        assert opening(query, body) == "bad_timestamp"


class TestWechatpyDefects:
    """Each weakness of wechatpy 1.8.18 that this envelope stands in front of."""

    @pytest.mark.parametrize(
        "padding",
        [
            b"\x00" * 32,
            bytes([33]) * 32,
            bytes([255]) * 32,
            b"\x00" * 31 + bytes([32]),  # wechatpy, which reads the last byte only, takes this one
            b"abc" + bytes([30]) * 29,
        ],
        ids=["zero", "33", "255", "only the last byte", "longer than it is"],
    )
    def test_padding_is_validated(self, padding: bytes) -> None:
        message = TEXT.encode()
        message += b" " * (-(16 + 4 + len(message) + len(v.V2_APP_ID)) % 32)
        clear = b"0123456789abcdef" + struct.pack(">I", len(message)) + message + v.V2_APP_ID.encode()
        good = v.post(v.Sealer().encrypt_blocks(clear + bytes([32]) * 32))
        assert v.envelope(NOW).open(*good).fields["MsgType"] == "text"
        assert opening(*v.post(v.Sealer().encrypt_blocks(clear + padding))) == "bad_padding"

    def test_padding_to_sixteen_bytes_is_refused(self) -> None:
        clear = b"0123456789abcdef" + struct.pack(">I", 0) + v.V2_APP_ID.encode()
        blocks = clear + bytes([10]) * 10
        assert len(blocks) % 32 == 16
        assert opening(*v.post(v.Sealer().encrypt_blocks(blocks))) == "bad_padding"

    @pytest.mark.parametrize(
        "encrypted",
        ["", "====", "AAAA", "not base64!", "A" * 43 + "=", base64.b64encode(b"x" * 33).decode(), "é"],
    )
    def test_untyped_errors_of_the_cipher_become_rejections(self, encrypted: str) -> None:
        assert opening(*v.post(encrypted)) in {"bad_cipher_text", "bad_padding", "no_cipher_text"}

    @pytest.mark.parametrize("length", [0, 7, 1000, 2**32 - 1])
    def test_a_wrong_inner_length_is_refused(self, length: int) -> None:
        clear = b"0123456789abcdef" + struct.pack(">I", length) + b"<xml/>" + v.V2_APP_ID.encode()
        padding = 32 - len(clear) % 32
        query, body = v.post(v.Sealer().encrypt_blocks(clear + bytes([padding]) * padding))
        assert opening(query, body) == "wrong_app"

    def test_a_message_that_is_not_utf8_is_refused(self) -> None:
        assert opening(*v.post(v.Sealer().encrypt(b"\xff\xfe<xml/>"))) == "bad_cipher_text"

    def test_blocks_that_are_nothing_but_padding_are_refused(self) -> None:
        assert opening(*v.post(v.Sealer().encrypt_blocks(bytes([32]) * 32))) == "bad_cipher_text"

    def test_an_empty_message_is_refused(self) -> None:
        assert opening(*v.post(v.Sealer().encrypt(b""))) == "malformed"

    @pytest.mark.parametrize(
        "body", [b"", b"junk", b"<xml/>", b"<xml></xml>", b"<a><b/></a>", b"[]", b"null", b"{"]
    )
    def test_junk_bodies_are_rejected_before_wechatpy_sees_them(self, body: bytes) -> None:
        assert opening(v.V2_SECURE_QUERY, body) in {"malformed", "not_a_callback", "not_encrypted"}

    @pytest.mark.parametrize("key", ["A" * 42, "A" * 44, "", "A" * 42 + "+", "中" * 43])
    def test_a_key_of_another_form_is_a_config_error(self, key: str) -> None:
        with pytest.raises(ConfigError, match=r"official\.encoding_aes_key: must be 43 letters or digits"):
            v.envelope(NOW, encoding_aes_key=SecretStr(key))

    def test_the_random_prefix_is_not_wechatpys_predictable_one(self) -> None:
        prefixes = {random_prefix() for _ in range(50)}
        assert len(prefixes) == 50
        assert all(len(prefix.encode()) == 16 for prefix in prefixes)

    def test_a_nonce_cannot_break_out_of_the_envelope(self) -> None:
        sealed_xml = v.envelope(NOW).seal("<xml/>", "1]]></Nonce><Evil>", datetime.fromtimestamp(1, UTC))
        assert set(xmltodict.parse(sealed_xml)["xml"]) == {"Encrypt", "MsgSignature", "TimeStamp", "Nonce"}


class TestAnswers:
    def test_a_sealed_reply_opens_again(self) -> None:
        sealing = v.envelope(NOW)
        clear = TEXT.replace("几点开门？", "早上九点 😊 ]]]]><![CDATA[>")
        answer = xmltodict.parse(sealing.seal(clear, "n1", datetime.fromtimestamp(int(NOW), UTC)))["xml"]
        query = {"timestamp": answer["TimeStamp"], "nonce": "n1", "msg_signature": answer["MsgSignature"]}
        body = f"<xml><Encrypt>{answer['Encrypt']}</Encrypt></xml>".encode()
        assert sealing.open(query, body).fields["Content"] == "早上九点 😊 ]]>"

    @pytest.mark.parametrize("mode", ["plain", "secure"])
    def test_an_account_with_json_as_data_format_is_answered_in_json(self, mode: str) -> None:
        clear = json.dumps(
            {"ToUserName": v.V2_ACCOUNT, "MsgType": "text", "MsgId": 24500000000000001}
        ).encode()
        query, _xml = v.post(encrypted := v.Sealer().encrypt(clear))
        body = json.dumps({"ToUserName": v.V2_ACCOUNT, "Encrypt": encrypted}).encode()
        sealing = v.envelope(NOW, mode)
        opened = sealing.open(query, body if mode == "secure" else clear)
        assert opened.as_json
        assert not v.envelope(NOW).open(*sealed()).as_json
        at = datetime.fromtimestamp(int(NOW), UTC)
        answer = json.loads(sealing.seal(TEXT, "n1", at, as_json=opened.as_json))
        if mode == "secure":
            assert answer["TimeStamp"] == int(NOW)
            again = {"timestamp": NOW, "nonce": "n1", "msg_signature": answer["MsgSignature"]}
            assert sealing.open(again, json.dumps(answer).encode()).fields["Content"] == "几点开门？"
        else:
            assert answer["Content"] == "几点开门？"
            assert answer["CreateTime"] == 1714112445

    def test_plain_answers_go_out_clear(self) -> None:
        assert v.envelope(NOW, "plain").seal(TEXT, "n", datetime.fromtimestamp(1, UTC)) == TEXT

    @pytest.mark.parametrize("echo", ["<script>", "a b", "中文", "x" * 257, "a\nb"])
    def test_an_odd_echo_is_not_reflected(self, echo: str) -> None:
        with pytest.raises(CallbackRejected, match="bad_echostr"):
            v.envelope("1714036504").verify(v.V2_GET | {"echostr": echo})

    def test_verification_with_a_wrong_signature_is_refused(self) -> None:
        with pytest.raises(CallbackRejected, match="bad_signature"):
            v.envelope("1714036504").verify(v.V2_GET | {"nonce": "1514711493"})


class TestKeys:
    def key(self, message: str) -> str:
        return v.envelope(NOW).open(*sealed(message)).key

    def test_a_retry_in_a_new_envelope_has_the_same_key(self) -> None:
        encrypted = v.Sealer().encrypt(TEXT.encode())
        first = v.envelope(NOW).open(*v.post(encrypted, nonce="a")).key
        assert v.envelope(NOW).open(*v.post(encrypted, timestamp="1714112450", nonce="b")).key == first

    def test_events_of_one_second_have_different_keys(self) -> None:
        event = TEXT.replace("text", "event").replace("<MsgId>24500000000000001</MsgId>", "<Event>{}</Event>")
        keys = {self.key(event.format(name)) for name in ("VIEW", "CLICK")}
        assert len(keys) == 2
        assert all(key.startswith(f"official:{v.V2_ACCOUNT}:sha256:") for key in keys)

    @pytest.mark.parametrize("odd", ["", "abc", "1" * 21, "-5", "<a/>", "１２"])
    def test_what_is_not_a_message_id_is_not_used_as_one(self, odd: str) -> None:
        assert ":sha256:" in self.key(TEXT.replace("24500000000000001", odd))

    def test_the_texts_stay_out_of_the_repr(self) -> None:
        opened = v.envelope(NOW).open(*sealed())
        assert "几点" not in repr(opened)
        assert "oFictional" not in repr(opened)


def _swap(text: str, position: int, letter: str) -> str:
    index = position % len(text)
    return text[:index] + ("B" if letter != "B" else "C") + text[index + 1 :]
