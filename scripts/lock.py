"""`make lock`: pins requirements/*.in with hashes, for every platform that the packages are published for.

torch is left out of the result: its CPU build is another file on every platform and index, see torch.in.
"""

import re
import subprocess
import sys

from scripts.installing.layout import REQUIREMENTS, ROOT

LOCKS = ("build", "run", "dev", "node", "postgres")  # later ones are constrained by earlier ones
HEADER = "# Pinned by `make lock` from {name}.in; do not edit.\n"
OPTIONS = (
    "--generate-hashes",
    "--allow-unsafe",
    "--strip-extras",
    "--no-header",
    "--no-emit-index-url",
    "--no-emit-trusted-host",
    "--no-emit-find-links",
    "--no-emit-options",
    "--quiet",
)
LEFT_OUT = re.compile(r"(torch|triton|nvidia-.*|cuda-.*)==")
ADDRESS = re.compile(r"://|^--(index-url|extra-index-url|find-links|trusted-host)", re.MULTILINE)


def main() -> int:
    upgrade = ["--upgrade"] if "--upgrade" in sys.argv[1:] else []
    for name in LOCKS:
        print(f"{name}.txt …", flush=True)
        _compile(name, upgrade)
        _tidy(name)
    return 0


def _compile(name: str, upgrade: list[str]) -> None:
    source, output = f"requirements/{name}.in", f"requirements/{name}.txt"
    subprocess.run(
        [sys.executable, "-m", "piptools", "compile", *OPTIONS, *upgrade, f"--output-file={output}", source],
        cwd=ROOT,
        check=True,
    )


def _tidy(name: str) -> None:
    """Drop what must not be pinned, and make sure that no address of this machine's indexes got in."""
    lock = REQUIREMENTS / f"{name}.txt"
    kept: list[str] = []
    keeping = True
    for line in lock.read_text(encoding="utf-8").splitlines():
        if line and not line[0].isspace():
            keeping = not LEFT_OUT.match(line)
        if keeping:
            kept.append(line)
    text = HEADER.format(name=name) + "\n".join(kept) + "\n"
    if ADDRESS.search(text):
        raise SystemExit(f"{lock} names the address of a package index; see the options in {__file__}")
    lock.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    raise SystemExit(main())
