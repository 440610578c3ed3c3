"""Bodies of messages at and beyond their limits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.corp.errcodes import CorpError
from simulator.kefu.contents import TEXT_BYTES, cut_text, read_content

SHELF = {"pic": "image", "tone": "voice", "film": "video", "paper": "file"}
Body = dict[str, object]


def read(kind: object, body: object) -> Body:
    """The body as the customer sees it."""
    return read_content(kind, {str(kind): body}, SHELF.get).body


@given(words=st.text(max_size=1500))
def test_a_cut_text_is_the_longest_beginning_that_fits(words: str) -> None:
    cut = cut_text(words)
    size = len(cut.encode())
    assert words.startswith(cut)
    assert size <= TEXT_BYTES
    if cut != words:
        assert size + len(words[len(cut)].encode()) > TEXT_BYTES


@pytest.mark.parametrize(("kind", "media"), [(kind, media) for media, kind in SHELF.items()])
def test_files_must_be_of_their_kind(kind: str, media: str) -> None:
    assert read(kind, {"media_id": media}) == {"media_id": media}
    for other in set(SHELF) - {media}:
        with pytest.raises(CorpError, match="40007"):
            read(kind, {"media_id": other})


def click(words: str, key: str = "k") -> Body:
    """A menu item to click."""
    return {"type": "click", "click": {"id": key, "content": words}}


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("text", {"content": "a"}),
        ("link", {"title": "t" * 128, "desc": "d" * 512, "url": "u" * 2048, "thumb_media_id": "pic"}),
        (
            "miniprogram",
            {"appid": "wx", "title": "t" * 64, "pagepath": "p/i.html?a=1", "thumb_media_id": "pic"},
        ),
        ("location", {"latitude": -90, "longitude": 180.0, "name": "店", "address": ""}),
        ("msgmenu", {"head_content": "h" * 1024, "list": [click("c" * 128, "k" * 128)] * 10}),
        ("msgmenu", {"list": [{"type": "view", "view": {"url": "https://a", "content": "看"}}]}),
        (
            "msgmenu",
            {
                "list": [
                    {
                        "type": "miniprogram",
                        "miniprogram": dict.fromkeys(("appid", "pagepath", "content"), "x"),
                    }
                ]
            },
        ),
        ("msgmenu", {"list": [{"type": "text", "text": {"content": "t" * 256, "no_newline": 1}}] * 50}),
        ("business_card", {"userid": "zhangsan"}),
        ("ca_link", {"link_url": "https://a"}),
    ],
)
def test_what_just_fits(kind: str, body: Body) -> None:
    shown = read(kind, body)
    assert {name: shown[name] for name in body} == body


@pytest.mark.parametrize(
    ("kind", "body", "errcode"),
    [
        (None, {}, 40008),
        ("event", {}, 40008),
        ("text", "words", 40058),
        ("text", {"content": ""}, 40058),
        ("link", {"title": "t" * 129, "url": "u", "thumb_media_id": "pic"}, 40058),
        ("link", {"title": "t", "url": "u" * 2049, "thumb_media_id": "pic"}, 40058),
        ("link", {"title": "t", "url": "u", "thumb_media_id": "film"}, 40007),
        ("miniprogram", {"appid": "wx", "title": "中" * 22, "pagepath": "a.html"}, 40058),
        ("miniprogram", {"appid": "wx", "pagepath": "a", "thumb_media_id": "pic"}, 40058),
        ("location", {"latitude": True, "longitude": 0}, 40058),
        ("location", {"latitude": 0, "longitude": 180.1}, 40058),
        ("msgmenu", {"list": "none"}, 40058),
        ("msgmenu", {"list": ["none"]}, 40058),
        ("msgmenu", {"list": [click("")]}, 40058),
        ("msgmenu", {"list": [click("c" * 129)]}, 40058),
        ("msgmenu", {"list": [click("c", "k" * 129)]}, 40058),
        ("msgmenu", {"list": [click("c")] * 11}, 95008),
        ("msgmenu", {"list": [{"type": "text", "text": {"content": "t" * 257}}]}, 40058),
        ("msgmenu", {"list": [{"type": "other"}]}, 95009),
        ("msgmenu", {"tail_content": "t" * 1025}, 40058),
    ],
)
def test_what_is_refused(kind: object, body: object, errcode: int) -> None:
    with pytest.raises(CorpError, match=str(errcode)):
        read(kind, body)
