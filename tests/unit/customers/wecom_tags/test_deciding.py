"""Which tags WeCom gets, and which it tells of."""

from hypothesis import given, settings
from hypothesis import strategies as st

from customers.wecom_tags.deciding import Decision, WecomTag, decide, fitting

OURS, THEIRS = "店小二", "喜好"


def tags(group: str, *names: str) -> frozenset[WecomTag]:
    return frozenset(WecomTag(group, name) for name in names)


def what(
    by_rules: set[str] | None, shown: frozenset[WecomTag], agreed: set[str] | None = None
) -> dict[str, set[str]]:
    """The parts of the decision that say something."""
    made = decide(OURS, by_rules, shown, agreed or set())
    parts = {name: set(getattr(made, name)) for name in ("give", "take", "put_back", "taken_back")}
    parts["from_people"] = {f"{tag.group}/{tag.name}" for tag in made.from_people}
    return {name: part for name, part in parts.items() if part}


def test_decisions() -> None:
    sweet = tags(THEIRS, "甜")
    cases = {
        "nothing anywhere": (what(set(), frozenset()), {}),
        "a rule gives": (what({"高净值"}, frozenset()), {"give": {"高净值"}}),
        "it is there already": (what({"高净值"}, tags(OURS, "高净值"), {"高净值"}), {}),
        "a rule takes": (what(set(), tags(OURS, "沉睡"), {"沉睡"}), {"take": {"沉睡"}}),
        "one comes and one goes": (
            what({"爱分享"}, tags(OURS, "沉睡"), {"沉睡"}),
            {"give": {"爱分享"}, "take": {"沉睡"}},
        ),
        "a person takes what a rule gives": (
            what({"高净值", "爱用券"}, tags(OURS, "爱用券"), {"高净值", "爱用券"}),
            {"give": {"高净值"}, "put_back": {"高净值"}},
        ),
        "a person gives what no rule does": (
            what(set(), tags(OURS, "好说话"), set()),
            {"take": {"好说话"}, "taken_back": {"好说话"}},
        ),
        "a person gave what a rule gives now": (what({"沉睡"}, tags(OURS, "沉睡"), set()), {}),
        "a person took what no rule gives any more": (what(set(), frozenset(), {"沉睡"}), {}),
        "people's groups are read": (what(set(), sweet), {"from_people": {"喜好/甜"}}),
        "a name is matched within its group": (
            what({"甜"}, sweet),
            {"give": {"甜"}, "from_people": {"喜好/甜"}},
        ),
        "not judged yet: ours is left alone, theirs is read": (
            what(None, tags(OURS, "沉睡") | sweet, {"高净值"}),
            {"from_people": {"喜好/甜"}},
        ),
        "a name that WeCom does not take is left out": (what({"长" * 31, ""}, frozenset()), {}),
    }
    assert {case: said for case, (said, _) in cases.items()} == {
        case: expected for case, (_, expected) in cases.items()
    }


def test_names_that_fit() -> None:
    assert fitting(["长" * 30, "长" * 31, "", " ", " a", "a b"]) == {"长" * 30, "a b"}


_NAMES = st.sampled_from(["高净值", "爱分享", "沉睡", "甜", "长" * 31, ""])
_SHOWN = st.frozensets(st.builds(WecomTag, st.sampled_from([OURS, THEIRS, "来源"]), _NAMES.filter(bool)))


@settings(max_examples=60, deadline=None)
@given(by_rules=st.none() | st.frozensets(_NAMES), shown=_SHOWN, agreed=st.frozensets(_NAMES))
def test_one_round_is_enough_and_other_groups_stay(
    by_rules: frozenset[str] | None, shown: frozenset[WecomTag], agreed: frozenset[str]
) -> None:
    first = decide(OURS, by_rules, shown, agreed)
    after = (shown - tags(OURS, *first.take)) | tags(OURS, *first.give)
    assert {tag for tag in after if tag.group != OURS} == {tag for tag in shown if tag.group != OURS}
    ours = {tag.name for tag in after if tag.group == OURS}
    if by_rules is not None:
        assert ours == fitting(by_rules)
    nothing: frozenset[str] = frozenset()
    assert decide(OURS, by_rules, after, ours) == Decision(
        give=nothing, take=nothing, put_back=nothing, taken_back=nothing, from_people=first.from_people
    )
    assert first.put_back <= first.give & agreed
    assert not first.taken_back & agreed
