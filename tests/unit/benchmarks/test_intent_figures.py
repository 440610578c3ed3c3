"""Figures of a classifier, checked by counting on one's fingers."""

from benchmarks.intent_figures import Said, Sentence, figures, macro_f1

SENTENCES = [
    Sentence(text="你好", intent="greet"),
    Sentence(text="谢了", intent="thank"),
    Sentence(text="多谢", intent="thank"),
    Sentence(text="火车几点", intent=None, kind="trade"),
    Sentence(text="asdf", intent=None, kind="gibberish"),
]
SAID = [
    Said(best="greet", fell_back=False, seconds=0.001),
    Said(best="greet", fell_back=False, seconds=0.002),
    Said(best="thank", fell_back=True, seconds=0.003),
    Said(best="thank", fell_back=True, seconds=0.004),
    Said(best="greet", fell_back=False, seconds=0.005),
]


def test_right_counts_sure_or_not_and_sure_ones_apart() -> None:
    found = figures(SENTENCES, SAID, trained=frozenset({"你好"}))
    assert found["raw_top_1"] == round(2 / 3, 4)
    assert found["right_and_sure"] == round(1 / 3, 4)
    assert found["wrong_and_sure"] == round(1 / 3, 4)
    assert found["raw_top_1_without_equal_sentences"] == {"sentences": 2, "share": 0.5}


def test_what_belongs_nowhere_is_counted_by_kind() -> None:
    found = figures(SENTENCES, SAID, trained=frozenset())
    assert found["out_of_scope_to_fallback"] == 0.5
    assert found["out_of_scope_to_fallback_by_kind"] == {"gibberish": 0.0, "trade": 1.0}


def test_confusions_name_both_intents() -> None:
    found = figures(SENTENCES, SAID, trained=frozenset())
    assert found["confusions"] == [{"intent": "thank", "taken_for": "greet", "times": 1}]


def test_macro_f1_is_the_mean_of_the_intents() -> None:
    assert macro_f1([("a", "a"), ("b", "a"), ("b", "b")]) == round((2 / 3 + 2 / 3) / 2, 4)
    assert macro_f1([("a", "a"), ("b", None)]) == 0.5
    assert macro_f1([]) is None
