"""Trains a network so that texts of a group come together and those of others move apart."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from knowledge_base.tuning.groups import Group, batches
from knowledge_base.tuning.network import Network
from knowledge_base.tuning.typing_noise import mistyped

Progress = Callable[[int, int, float], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """``groups`` of a batch, ``texts`` of a group in it; ``temperature`` of the softmax; ``warm_up``: share of the
    steps in which the rate grows, after which it falls to nothing.
    """

    epochs: int = 8
    rate: float = 5e-5
    groups: int = 24
    texts: int = 3
    temperature: float = 0.05
    warm_up: float = 0.1
    weight_decay: float = 0.01
    seed: int = 1


def train(network: Network, groups: Sequence[Group], recipe: Recipe, progress: Progress) -> None:
    """Train in place; ``progress`` is told (steps done, of, loss). The same on every run of the same machine."""
    torch.manual_seed(recipe.seed)
    chance = random.Random(recipe.seed)  # noqa: S311 - shuffles training texts
    plan = [batch for _ in range(recipe.epochs) for batch in batches(groups, recipe.groups, chance)]
    trained = [parameter for parameter in network.model.parameters() if parameter.requires_grad]
    optimiser = torch.optim.AdamW(trained, lr=recipe.rate, weight_decay=recipe.weight_decay)
    network.model.train()
    for step, batch in enumerate(plan, 1):
        for settings in optimiser.param_groups:
            settings["lr"] = recipe.rate * _share_of_rate(step, len(plan), recipe.warm_up)
        texts, owners = _pick(batch, recipe.texts, chance)
        loss = contrastive_loss(network.vectors(texts), torch.tensor(owners), recipe.temperature)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimiser.step()
        progress(step, len(plan), float(loss.detach()))
    network.model.train(mode=False)


def contrastive_loss(vectors: Tensor, owners: Tensor, temperature: float) -> Tensor:
    """Supervised contrastive loss (Khosla et al. 2020, "out" form) of unit ``vectors`` (texts, width); texts of the
    same owner, (texts,), belong together.
    """
    itself = torch.eye(len(vectors), dtype=torch.bool)
    alike = (vectors @ vectors.T / temperature).masked_fill(itself, -1e4)
    chances = alike - torch.logsumexp(alike, 1, keepdim=True)
    together = (owners[:, None] == owners[None, :]) & ~itself
    have_one = together.any(1)
    return -((chances * together).sum(1)[have_one] / together.sum(1)[have_one]).mean()


def _pick(batch: Sequence[Group], texts: int, chance: random.Random) -> tuple[list[str], list[int]]:
    picked, owners = [], []
    for owner, group in enumerate(batch):
        sample = chance.sample(group.texts, min(texts, len(group.texts)))
        # What is searched most is the standard question.
        if group.texts[0] not in sample and chance.random() < _STANDARD:
            sample[0] = group.texts[0]
        picked += [mistyped(text, chance) for text in sample]
        owners += [owner] * len(sample)
    return picked, owners


_STANDARD = 0.5


def _share_of_rate(step: int, steps: int, warm_up: float) -> float:
    return min(step / max(warm_up * steps, 1), 1.0) * (steps - step + 1) / steps
