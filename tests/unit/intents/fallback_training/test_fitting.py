"""What training makes of a little data."""

import numpy as np
import pytest

from intents.fallback_training.fitting import fit
from intents.fallback_training.report import report
from intents.fallback_training.texts import Texts
from tests.unit.intents.small_model import LETTERS, SOUNDS, fitted, small_texts


@pytest.mark.parametrize("embedder", [LETTERS, ""])
def test_it_reads_what_it_was_trained_with(embedder: str) -> None:
    texts, model = small_texts(), fitted(embedder).model
    ours = np.flatnonzero(texts.labels >= 0)
    read = [model.rank(texts.texts[place], texts.meanings[place])[0][0] for place in ours]
    assert read == [texts.intents[texts.labels[place]] for place in ours]


def without(texts: Texts, left_out: list[int]) -> Texts:
    kept = [place for place in range(len(texts.texts)) if place not in left_out]
    return Texts(
        intents=texts.intents,
        texts=tuple(texts.texts[place] for place in kept),
        meanings=texts.meanings[kept],
        labels=texts.labels[kept],
        groups=texts.groups[kept],
    )


def test_a_typo_of_the_same_sound_is_read_by_its_sound() -> None:
    assert fitted("").model.rank("推或")[0][0] == "return_goods"


def test_cross_validation_does_not_see_what_it_is_asked() -> None:
    """A text that nothing else is like has no likeness to go by: its margins are those of a model without it."""
    texts = small_texts()
    unseen = fitted(LETTERS).unseen
    margins = unseen[:, :-1]
    seen = fitted(LETTERS).model.known
    assert margins.shape == (len(texts.texts), len(texts.intents))
    place = 0
    rest = fit(without(texts, [place]), SOUNDS, embedder=LETTERS).model
    assert seen.count == rest.known.count + 1
    ranked = rest.rank(texts.texts[place], texts.meanings[place])
    assert ranked[0][0] == texts.intents[int(margins[place].argmax())]


def test_texts_alike_are_left_out_together() -> None:
    """Twins that share a group say less of each other than strangers with the same words."""
    texts = small_texts()
    twins = Texts(
        intents=texts.intents,
        texts=(*texts.texts, texts.texts[-1]),
        meanings=np.vstack([texts.meanings, texts.meanings[-1:]]),
        labels=np.append(texts.labels, -2),
        groups=np.append(texts.groups, texts.groups[-1]),
    )
    apart = Texts(
        intents=twins.intents,
        texts=twins.texts,
        meanings=twins.meanings,
        labels=twins.labels,
        groups=np.arange(len(twins.texts)),
    )
    together, alone = (fit(one, SOUNDS, embedder=LETTERS).unseen[-1, -1] for one in (twins, apart))
    assert together > alone


def test_the_report_names_what_a_threshold_trades() -> None:
    told = report(small_texts(), fitted(LETTERS), "letters")
    assert told.startswith("letters: 24 sentences of 3 intents, 8 not for us")
    assert "0.40" in told
