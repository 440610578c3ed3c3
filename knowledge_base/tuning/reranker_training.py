"""Tunes a CrossEncoder on one shop's lessons; minutes on two cores. Needs torch.

sentence-transformers gives the model, its tokenizer and the loss. Its own trainer is not used: it needs two more
packages (``datasets`` and ``accelerate``), and knows a number of steps but no time at which to be done.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from sentence_transformers import CrossEncoder
from sentence_transformers.cross_encoder.losses import BinaryCrossEntropyLoss

from knowledge_base.embedder.files import folder_hash
from knowledge_base.reranker.cross_encoder import open_cross_encoder
from knowledge_base.tuning.lessons import Lesson
from knowledge_base.tuning.typing_noise import mistyped

Progress = Callable[[int, int, float], None]
Pair = tuple[str, str, float]
"""A question, a text, and whether it fits: 1 or 0."""

_TOGETHER = 8
"""Pairs of like length that go through the network at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RerankerRecipe:
    """``questions`` of a step; ``seconds``: training is over then, however far it is; ``longest``: tokens of a pair;
    ``warm_up``: share of the training in which the rate grows, after which it falls to nothing.
    """

    epochs: int = 2
    rate: float = 2e-5
    questions: int = 4
    seconds: float = 600.0
    longest: int = 128
    warm_up: float = 0.1
    weight_decay: float = 0.01
    seed: int = 1


RECIPE = RerankerRecipe()


def tune_reranker(
    name: str,
    found: Sequence[Lesson],
    folder: Path,
    recipe: RerankerRecipe,
    progress: Progress,
    *,
    threads: int,
) -> str:
    """Train the CrossEncoder ``name`` on ``found`` and save it in ``folder``; returns its identity.

    ``progress`` is told (steps done, of, loss). Raises ``RerankerUnavailable``.
    """
    model = open_cross_encoder(name, threads=threads)
    longest = model.max_seq_length
    model.max_seq_length = min(longest or recipe.longest, recipe.longest)
    train(model, found, recipe, progress)
    model.max_seq_length = longest
    model.save_pretrained(str(folder), create_model_card=False)
    return folder_hash(folder)


def train(
    model: CrossEncoder,
    found: Sequence[Lesson],
    recipe: RerankerRecipe,
    progress: Progress,
    clock: Callable[[], float] = time.monotonic,
) -> None:
    """Train in place, until all is read ``epochs`` times or ``seconds`` are over. What is read is drawn at random, so
    that a training that ends early has seen something of everything.
    """
    torch.manual_seed(recipe.seed)
    steps = recipe.epochs * -(-len(found) // recipe.questions)
    loss_of = BinaryCrossEntropyLoss(model)
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimiser = torch.optim.AdamW(trained, lr=recipe.rate, weight_decay=recipe.weight_decay)
    started, share = clock(), 0.0
    model.train()
    for step, batch in enumerate(_batches(found, recipe), 1):
        share = max(step / (steps + 1), (clock() - started) / recipe.seconds)
        if share >= 1:
            break
        for settings in optimiser.param_groups:
            settings["lr"] = recipe.rate * min(share / recipe.warm_up, 1.0) * (1 - share)
        optimiser.zero_grad()
        loss = sum(_learn(loss_of, part, len(batch)) for part in _parts(batch))
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimiser.step()
        progress(step, max(step, round(step / share) - 1), loss)
    model.eval()


def _learn(loss_of: BinaryCrossEntropyLoss, pairs: Sequence[Pair], of: int) -> float:
    """Adds the gradients of ``pairs`` of a step with ``of`` pairs; returns their share of its loss."""
    questions, texts, fits = zip(*pairs, strict=True)
    loss = loss_of([list(questions), list(texts)], torch.tensor(fits)) * len(pairs) / of
    loss.backward()
    return float(loss.detach())


def _batches(found: Sequence[Lesson], recipe: RerankerRecipe) -> Iterator[list[Pair]]:
    chance = random.Random(recipe.seed)  # noqa: S311 - shuffles training texts
    for _ in range(recipe.epochs):
        shuffled = chance.sample(found, len(found))
        for at in range(0, len(shuffled), recipe.questions):
            yield [pair for lesson in shuffled[at : at + recipe.questions] for pair in _pairs(lesson, chance)]


def _pairs(lesson: Lesson, chance: random.Random) -> Iterator[Pair]:
    question = mistyped(lesson.question, chance)
    for texts, fits in ((lesson.fitting, 1.0), (lesson.others, 0.0)):
        yield from ((question, text, fits) for text in texts)


def _parts(batch: Sequence[Pair]) -> Iterator[Sequence[Pair]]:
    ordered = sorted(batch, key=lambda pair: len(pair[0]) + len(pair[1]))
    for at in range(0, len(ordered), _TOGETHER):
        yield ordered[at : at + _TOGETHER]
