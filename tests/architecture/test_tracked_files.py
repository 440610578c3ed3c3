"""Nothing of one machine, and no package index, gets into a file of the project."""

import re

import pytest

from tests.architecture import checkout

FORBIDDEN = {
    "the address of a package index": re.compile(
        r"py(pi|thonhosted)[.]org|npmjs[.](org|com)|(deb|security)[.]debian[.]org|download[.]pytorch[.]org"
        r"|(pypi|npm|registry|mirrors?)[.][a-z0-9-]+[.](com|org|cn|edu)",
        re.IGNORECASE,
    ),
    "a path of one machine": re.compile(r"(?<![\w.$}/-])/(work|root|opt|home|Users)/\w"),
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
}
LARGEST_BYTES = 25 * 1024 * 1024


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_file_holds(what: str) -> None:
    found = [
        f"{file}:{number}: {line.strip()[:100]}"
        for file, text in checkout.texts()
        if FORBIDDEN[what].search(text)
        for number, line in enumerate(text.splitlines(), 1)
        if FORBIDDEN[what].search(line)
    ]
    assert not found


def test_no_file_is_huge() -> None:
    huge = [str(file) for file in checkout.files() if (checkout.ROOT / file).stat().st_size > LARGEST_BYTES]
    assert not huge


def test_every_text_ends_with_one_newline() -> None:
    found = [
        str(file)
        for file, text in checkout.texts(
            ".py", ".md", ".yml", ".yaml", ".toml", ".in", ".txt", ".sh", ".css", ".js"
        )
        if text and (not text.endswith("\n") or text.endswith("\n\n"))
    ]
    assert not found
