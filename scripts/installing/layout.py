"""Where set-up finds its recipes and puts its results, all inside the checkout."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

ENVIRONMENT = ROOT / ".venv"
PYTHON = ENVIRONMENT / "bin" / "python"
STAMPS = ENVIRONMENT / "stamps"
POSTGRES_WHEEL = ENVIRONMENT / "postgres"

RASA_ENVIRONMENT = ROOT / ".venv-rasa"
RASA_PYTHON = RASA_ENVIRONMENT / "bin" / "python"
RASA_STAMPS = RASA_ENVIRONMENT / "stamps"

REQUIREMENTS = ROOT / "requirements"
NODE_MODULES = ROOT / "node_modules"
VAR = ROOT / "var"
LOG = VAR / "setup.log"
