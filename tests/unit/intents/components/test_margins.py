"""Lines separate intents, and certainty grows with the distance."""

import numpy as np
import pytest
import scipy.sparse as sparse

from intents.components.margins import Certainty, draw_lines, find_certainty, unseen_margins
from intents.components.training_set import TrainingSet

PLACES = np.repeat(np.array([0, 1, -1]), 20)
CENTRES = np.array([[4.0, 0.0], [0.0, 4.0], [-4.0, -4.0]])


@pytest.fixture
def matrix() -> sparse.csr_matrix:
    spread = np.random.default_rng(1).normal(size=(60, 2))
    return sparse.csr_matrix(CENTRES[PLACES] + spread)


@pytest.fixture
def texts() -> TrainingSet:
    return TrainingSet(
        intents=("greet", "thank"),
        texts=("",) * 60,
        meanings=np.zeros((60, 1), dtype=np.float32),
        labels=PLACES,
        groups=np.arange(60),
        weights=np.ones(60),
        weights_in_life=np.ones(60),
    )


def test_the_nearest_intent_wins_and_the_last_line_knows_strangers(
    matrix: sparse.csr_matrix, texts: TrainingSet
) -> None:
    margins = draw_lines(matrix, texts).margins(sparse.csr_matrix(CENTRES))
    assert margins[:2, :2].argmax(axis=1).tolist() == [0, 1]
    assert margins[0, -1] > 0 > margins[2, -1]
    assert margins[2, :2].max() < 0


def test_what_is_for_us_is_surer_than_what_is_not(matrix: sparse.csr_matrix, texts: TrainingSet) -> None:
    certainty = find_certainty(unseen_margins(matrix, texts), texts)
    sure = certainty.of(draw_lines(matrix, texts).margins(sparse.csr_matrix(CENTRES)))
    assert sure[0, 0] > 0.9
    assert sure[1, 1] > 0.9
    assert sure[2].max() < 0.5


def test_of_two_near_intents_neither_is_as_sure_as_one_alone() -> None:
    certainty = Certainty(weights=(1.0, 1.0, 1.0), offset=0.0)
    alone, doubtful = certainty.of(np.array([[1.0, -1.0, 1.0], [1.0, 0.9, 1.0]]))
    assert alone[0] > doubtful[0] > doubtful[1] > alone[1]
