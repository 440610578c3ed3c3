"""Where Rasa lives and what its processes are told. Rasa has an environment of its own; nothing here imports it."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
"""The checkout. Rasa runs here, never in ``intents/``, whose packages would hide its own."""

ENVIRONMENT = ROOT / ".venv-rasa"
PYTHON = ENVIRONMENT / "bin" / "python"
MODELS = ROOT / ".models" / "rasa"

INSTALL = "python -m scripts.installing.rasa_packages"
"""The command that makes the environment; ``make setup`` runs it too."""


def is_installed() -> bool:
    """Whether the environment is there; whether it is whole is set-up's business."""
    return PYTHON.exists() and any(ENVIRONMENT.glob("lib/python3*/site-packages/rasa/__main__.py"))


def program() -> tuple[str, ...]:
    """The command ``rasa``. By module, so that a checkout that was moved still works."""
    return (str(PYTHON), "-m", "rasa")


def variables() -> dict[str, str]:
    """Environment variables of every process of Rasa: no telemetry, no GPU, our components can be imported."""
    return {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "RASA_TELEMETRY_ENABLED": "false",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "CUDA_VISIBLE_DEVICES": "-1",
        "TF_CPP_MIN_LOG_LEVEL": "2",
    }
