"""What `make lock` keeps of the resolver's result."""

from pathlib import Path

import pytest

from scripts import lock

RESOLVED = """\
sympy==1.14.0 \\
    --hash=sha256:aa
    # via torch
torch==2.13.0+cpu \\
    --hash=sha256:bb
    # via
    #   sentence-transformers
nvidia-cublas-cu12==12.8.4.1 \\
    --hash=sha256:cc
    # via torch
tqdm==4.70.1 \\
    --hash=sha256:dd

# The following packages are considered to be unsafe in a requirements file:
setuptools==84.2.1 \\
    --hash=sha256:ee
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(lock, "REQUIREMENTS", tmp_path)
    return tmp_path


def test_torch_and_cuda_are_left_out_and_the_rest_is_kept(folder: Path) -> None:
    (folder / "run.txt").write_text(RESOLVED)
    lock._tidy("run")
    kept = (folder / "run.txt").read_text().splitlines()
    assert [line for line in kept if "==" in line] == [
        "sympy==1.14.0 \\",
        "tqdm==4.70.1 \\",
        "setuptools==84.2.1 \\",
    ]
    assert [line.strip() for line in kept if "--hash" in line] == [
        f"--hash=sha256:{x}" for x in ("aa", "dd", "ee")
    ]


@pytest.mark.parametrize("line", ["--index-url x", "--find-links wheels", "tqdm @ file://somewhere/tqdm.whl"])
def test_an_address_stops_the_lock(folder: Path, line: str) -> None:
    (folder / "run.txt").write_text(f"{line}\n{RESOLVED}")
    with pytest.raises(SystemExit, match="address of a package index"):
        lock._tidy("run")
