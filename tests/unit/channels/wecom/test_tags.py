"""The corp's tags for customers: listed, added, given and taken, and the refusals that mean something."""

from channels.calls import Result
from channels.outcomes import NotSent, OutcomeUnknown, Refused, Sent
from channels.wecom.tags import CorpTags, NameTaken, NoRelation, Tag, TagGroup, UnknownTag
from tests.unit.channels.wecom.qyapi import FakeQyApi, errcode, ok

GONE = {"id": "t0", "name": "deleted", "deleted": True}
GROUP = {"group_id": "g", "group_name": "等级", "tag": [GONE, {"id": "t1", "name": "常客", "deleted": False}]}
EXPECTED = TagGroup(id="g", name="等级", tags=(Tag(id="t1", name="常客"),))


async def test_tags_are_listed_added_given_and_taken() -> None:
    api = FakeQyApi(ok(tag_group=[GROUP, {**GROUP, "deleted": True}]), ok(tag_group=GROUP), ok(), ok())
    tags = CorpTags(api)
    assert await tags.list() == (EXPECTED,)
    assert await tags.add("等级", ("常客",)) == EXPECTED
    assert await tags.mark("li", "wm1", add=("t1",)) == Sent()
    assert await tags.mark("li", "wm1", add=("t1",), remove=("t2", "t3")) == Sent()
    pair = {"userid": "li", "external_userid": "wm1"}
    assert [asked.body for asked in api.asked] == [
        {},
        {"group_name": "等级", "tag": [{"name": "常客"}]},
        {**pair, "add_tag": ["t1"]},
        {**pair, "add_tag": ["t1"], "remove_tag": ["t2", "t3"]},
    ]


async def test_what_is_refused_says_why() -> None:
    async def marked(result: Result) -> object:
        return await CorpTags(FakeQyApi(result)).mark("li", "wm1", add=("t1",))

    async def added(result: Result) -> object:
        return await CorpTags(FakeQyApi(result)).add("等级", ("常客",))

    marks = {code: type(await marked(errcode(code))) for code in (84061, 40068, 45033, 45009, 60030, 40003)}
    assert marks == {
        84061: NoRelation,
        40068: UnknownTag,
        45033: NotSent,
        45009: NotSent,
        60030: NoRelation,
        40003: Refused,
    }
    adds = {code: type(await added(errcode(code))) for code in (40071, 40072, 45009, -1)}
    assert adds == {40071: NameTaken, 40072: Refused, 45009: NotSent, -1: OutcomeUnknown}
    lost = NotSent(reason="no connection")
    assert await marked(lost) == lost
    assert await CorpTags(FakeQyApi(lost)).list() == lost
