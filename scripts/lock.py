"""`make lock`: pins requirements/*.in with hashes, for every platform that the packages are published for.

torch is left out of the result: its CPU build is another file on every platform and index, see torch.in.

pip-tools pins all but Rasa's environment. What Rasa asks for must be overruled in places (rasa-overrides.txt), which
pip's resolver cannot do; there uv resolves. It knows nothing of pip's settings, so the index's address is handed on.
"""

import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence

from scripts.installing.layout import REQUIREMENTS, ROOT

LOCKS = ("build", "run", "dev", "node", "postgres")  # later ones are constrained by earlier ones
RASA = "rasa"
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
UV_OPTIONS = (
    "--universal",
    "--python-version=3.11",
    "--generate-hashes",
    "--no-header",
    "--no-config",
    "--override=requirements/rasa-overrides.txt",
    "--quiet",
)
LEFT_OUT = re.compile(r"(torch|triton|nvidia-.*|cuda-.*)==")
ADDRESS = re.compile(r"://|^--(index-url|extra-index-url|find-links|trusted-host)", re.MULTILINE)


def main() -> int:
    upgrade = ["--upgrade"] if "--upgrade" in sys.argv[1:] else []
    for name in LOCKS:
        print(f"{name}.txt …", flush=True)
        _compile([sys.executable, "-m", "piptools", "compile", *OPTIONS, *upgrade], name)
        _tidy(name)
    print(f"{RASA}.txt …", flush=True)
    _compile([sys.executable, "-m", "uv", "pip", "compile", *UV_OPTIONS, *upgrade], RASA, _index())
    _tidy(RASA)
    return 0


def _compile(command: Sequence[str], name: str, environment: Mapping[str, str] | None = None) -> None:
    subprocess.run(
        [*command, f"--output-file=requirements/{name}.txt", f"requirements/{name}.in"],
        cwd=ROOT,
        check=True,
        env={**os.environ, **(environment or {})},
    )


def _index() -> dict[str, str]:
    """uv's variable with the address of pip's index; nothing where pip uses the usual one."""
    for setting in (":env:.index-url", "global.index-url", "user.index-url", "site.index-url"):
        asked = subprocess.run(
            [sys.executable, "-m", "pip", "config", "get", setting],
            capture_output=True,
            text=True,
            check=False,
        )
        if asked.returncode == 0 and asked.stdout.strip():
            return {"UV_DEFAULT_INDEX": asked.stdout.strip()}
    return {}


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
