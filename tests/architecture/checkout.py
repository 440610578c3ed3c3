"""The files of the checkout, as the architecture tests see them."""

import ast
import subprocess
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


@cache
def files() -> tuple[Path, ...]:
    """Every file that is or would be committed, relative to the root."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    names = {name for name in listed.stdout.split("\0") if name}
    return tuple(Path(name) for name in sorted(names) if (ROOT / name).is_file())


def texts(*suffixes: str) -> Iterator[tuple[Path, str]]:
    """Files with their text, binary ones left out; all files when no suffix is given."""
    for file in files():
        if suffixes and file.suffix not in suffixes:
            continue
        try:
            yield file, (ROOT / file).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


@cache
def settings() -> dict[str, Any]:
    """pyproject.toml."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def product_packages() -> frozenset[str]:
    """The packages that make up the product: what import-linter watches."""
    return frozenset(settings()["tool"]["importlinter"]["root_packages"])


def product_modules() -> Iterator[tuple[Path, ast.Module]]:
    """Every Python module of the product, parsed."""
    for file, text in texts(".py"):
        if file.parts[0] in product_packages():
            yield file, ast.parse(text, str(file))


def imported_names(tree: ast.Module) -> Iterator[str]:
    """The top-level packages that a module imports, also inside functions."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module.partition(".")[0]
