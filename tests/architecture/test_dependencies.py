"""What is imported is declared, what is declared is pinned, and pins carry hashes and no addresses."""

import json
import re
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.architecture import checkout

REQUIREMENTS = checkout.ROOT / "requirements"
LOCKS = ("build", "run", "dev", "node", "postgres", "rasa")
RUN_BY_RASA = Path("intents/components")
NAME = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?")
PINNED = re.compile(r"^([a-z0-9-]+)==(\S+)(?: ; .+)? \\$")
CUDA = re.compile(r"^(torch|triton|nvidia-|cuda-)")


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def declared(recipe: Path) -> set[str]:
    """The names of a recipe, of those that it includes too."""
    names: set[str] = set()
    for line in recipe.read_text(encoding="utf-8").splitlines():
        if line.startswith("-r "):
            names |= declared(recipe.parent / line[3:].strip())
        elif matched := NAME.match(line):
            names.add(canonical(matched[1]))
    return names


def pinned(lock: str) -> dict[str, str]:
    lines = (REQUIREMENTS / f"{lock}.txt").read_text(encoding="utf-8").splitlines()
    return {matched[1]: matched[2] for line in lines if (matched := PINNED.match(line))}


def test_what_the_product_imports_is_declared() -> None:
    distributions = packages_distributions()
    known = declared(REQUIREMENTS / "run.in")
    known_to_rasa = declared(REQUIREMENTS / "rasa.in")
    ours = checkout.product_packages()
    undeclared = {
        f"{file}: {name}"
        for file, tree in checkout.product_modules()
        for name in checkout.imported_names(tree)
        if name not in ours | sys.stdlib_module_names
        and not {canonical(one) for one in distributions.get(name, [name])}
        & (known_to_rasa if file.is_relative_to(RUN_BY_RASA) else known)
    }
    assert not undeclared, f"add to requirements/run.in and `make lock`: {undeclared}"


@pytest.mark.parametrize("lock", LOCKS)
def test_every_recipe_is_locked(lock: str) -> None:
    missing = declared(REQUIREMENTS / f"{lock}.in") - set(pinned(lock)) - {"torch"}
    assert not missing, f"run `make lock`: {missing}"


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_has_hashes_and_no_address(lock: str) -> None:
    text = (REQUIREMENTS / f"{lock}.txt").read_text(encoding="utf-8")
    assert "://" not in text
    assert not re.search(r"^-", text, re.MULTILINE), "an option of this machine's index got in"
    for block in re.split(r"\n(?=[a-z0-9])", text):
        if PINNED.match(block.partition("\n")[0]):
            assert "--hash=sha256:" in block


@pytest.mark.parametrize("lock", LOCKS)
def test_cuda_never_gets_into_a_lock(lock: str) -> None:
    assert not [name for name in pinned(lock) if CUDA.match(name)]


def test_torch_is_pinned_beside_the_locks() -> None:
    assert declared(REQUIREMENTS / "torch.in") == {"torch"}
    assert re.search(r"^torch==\d+\.\d+\.\d+$", (REQUIREMENTS / "torch.in").read_text(), re.MULTILINE)


def test_locks_agree_where_they_overlap() -> None:
    versions: dict[str, set[str]] = {}
    for lock in ("build", "run", "dev"):
        for name, version in pinned(lock).items():
            versions.setdefault(name, set()).add(version)
    assert not {name: found for name, found in versions.items() if len(found) > 1}


def test_front_end_packages_are_pinned_without_addresses() -> None:
    wanted = json.loads((checkout.ROOT / "package.json").read_text(encoding="utf-8"))["dependencies"]
    locked = json.loads((checkout.ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    for name, version in wanted.items():
        assert locked[f"node_modules/{name}"]["version"] == version, f"{name} is not pinned exactly"
    assert not [name for name, package in locked.items() if "resolved" in package]
    assert not [name for name, package in locked.items() if name and "integrity" not in package]
