"""The packages, the arrows between them, and the lists that the tools need of them."""

import ast
import sys

import pytest

from tests.architecture import checkout

BESIDE_THE_PRODUCT = {"scripts", "tests", "benchmarks"}


def packages() -> set[str]:
    return {file.parts[0] for file in checkout.files() if len(file.parts) == 2 and file.name == "__init__.py"}


def test_every_package_has_its_place_in_the_layers() -> None:
    contract = next(
        c for c in checkout.settings()["tool"]["importlinter"]["contracts"] if c["type"] == "layers"
    )
    placed = {name.strip() for layer in contract["layers"] for name in layer.split("|")}
    assert placed | {"simulator"} | BESIDE_THE_PRODUCT == packages()


@pytest.mark.parametrize(
    "path",
    [("ruff", "lint", "isort", "known-first-party"), ("mypy", "packages")],
    ids=".".join,
)
def test_every_tool_knows_every_package(path: tuple[str, ...]) -> None:
    listed = checkout.settings()["tool"]
    for part in path:
        listed = listed[part]
    assert set(listed) == packages()


def test_import_linter_watches_the_whole_product() -> None:
    assert checkout.product_packages() == packages() - BESIDE_THE_PRODUCT


@pytest.mark.parametrize("folder", ["conversations", "scripts/installing"])
def test_some_code_needs_only_the_standard_library(folder: str) -> None:
    allowed = sys.stdlib_module_names | {"conversations", "scripts", "pip"}
    found = {
        f"{file}: {name}"
        for file, text in checkout.texts(".py")
        if str(file).startswith(f"{folder}/")
        for name in checkout.imported_names(ast.parse(text))
        if name not in allowed
    }
    assert not found


def test_the_product_does_not_import_what_surrounds_it() -> None:
    found = {
        f"{file}: {name}"
        for file, tree in checkout.product_modules()
        for name in checkout.imported_names(tree)
        if name in BESIDE_THE_PRODUCT
    }
    assert not found
