"""The environment .venv: PyTorch's CPU build first, then everything else exactly as the locks say."""

import os
import platform
import subprocess
import sys
from pathlib import Path

from scripts.installing.checks import check_disk
from scripts.installing.layout import ENVIRONMENT, PYTHON, REQUIREMENTS, ROOT
from scripts.installing.problem import SetupProblem
from scripts.installing.progress import run
from scripts.installing.stamps import fingerprint, forget, is_fresh, remember

PIP = (PYTHON, "-m", "pip", "--disable-pip-version-check", "--no-input")
FROM_LOCK = ("install", "--no-deps", "--require-hashes", "--no-build-isolation")
NETWORK_CURE = "Is the package index reachable (pip's own settings and proxy variables are honoured)?"


def install(*, with_tests: bool) -> None:
    """Make the environment and install what the locks say, unless that is done already."""
    _install_run()
    if with_tests:
        _install_dev()


def _install_run() -> None:
    wanted = _fingerprint("torch.in", "build.txt", "run.txt")
    usable = _is_usable()
    if usable and is_fresh("run", wanted):
        return
    check_disk()
    forget("run")
    if not usable:
        run(
            "Making .venv",
            [sys.executable, "-m", "venv", "--clear", ENVIRONMENT],
            cure="Debian: apt install python3.11-venv.",
        )
    run(
        "Installing pip and setuptools",
        [*PIP, "install", "--no-deps", "--require-hashes", "-r", REQUIREMENTS / "build.txt"],
        cure=NETWORK_CURE,
    )
    _install_torch()
    run(
        "Installing the Python packages (about 1 GB unpacked)",
        [*PIP, *FROM_LOCK, "-r", REQUIREMENTS / "run.txt"],
        cure=NETWORK_CURE,
    )
    _check()
    remember("run", wanted)


def _install_dev() -> None:
    wanted = _fingerprint("torch.in", "build.txt", "run.txt", "dev.txt")
    if is_fresh("dev", wanted):
        return
    forget("dev")
    install_lock("Installing what developing and testing need", "dev.txt")
    _check()
    remember("dev", wanted)


def _fingerprint(*recipes: str) -> str:
    return fingerprint([REQUIREMENTS / name for name in recipes], platform.python_version())


def _check() -> None:
    cure = "Run `make clean setup`; if it stays, `make lock` and look at what changed."
    run("Checking that the packages fit together", [*PIP, "check"], cure=cure)


def install_lock(title: str, lock: str, *, into: Path | None = None) -> None:
    """Install one further lock, into the environment or (its programs only) into a folder beside it."""
    target: list[str | Path] = ["--target", into, "--upgrade"] if into else []
    run(title, [*PIP, *FROM_LOCK, *target, "-r", REQUIREMENTS / lock], cure=NETWORK_CURE)


def _is_usable() -> bool:
    """Whether .venv exists, works and is of the Python that set-up runs on."""
    if not PYTHON.exists():
        return False
    asked = subprocess.run(
        [PYTHON, "-c", "import pip, platform; print(platform.python_version())"],
        capture_output=True,
        text=True,
        check=False,
    )
    return asked.stdout.strip() == platform.python_version()


def _install_torch() -> None:
    requirement = _torch_requirement()
    version = requirement.partition("==")[2]
    if any(ENVIRONMENT.glob(f"lib/python3.11/site-packages/torch-{version}*.dist-info")):
        return
    links = os.environ.get("XIAOER_TORCH_FIND_LINKS")
    options = ["--no-deps", *(["--find-links", links] if links else []), requirement]
    _refuse_cuda(requirement, options)
    run(f"Installing PyTorch {version} (CPU build)", [*PIP, "install", *options], cure=NETWORK_CURE)


def _torch_requirement() -> str:
    lines = (REQUIREMENTS / "torch.in").read_text(encoding="utf-8").splitlines()
    return next(line.strip() for line in lines if line.startswith("torch=="))


def _refuse_cuda(requirement: str, options: list[str]) -> None:
    """Stop before several GB of CUDA are downloaded; see torch_build.py."""
    report = subprocess.run(
        [*PIP, "install", "--dry-run", "--ignore-installed", "--quiet", "--report", "-", *options],
        capture_output=True,
        text=True,
        check=False,
    )
    if report.returncode != 0:
        raise SetupProblem(f"{report.stderr.strip()}\n\npip finds no {requirement}. {NETWORK_CURE}")
    judged = subprocess.run(
        [PYTHON, "-m", "scripts.installing.torch_build"],
        input=report.stdout,
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    if judged.returncode != 0:
        named = judged.stdout.split() or [judged.stderr.strip()]
        raise SetupProblem(
            f"The {requirement} that pip would install here is a CUDA build (it requires {named[0]} and "
            f"{len(named) - 1} more packages, several GB). Give pip a source of CPU builds: set "
            "PIP_EXTRA_INDEX_URL to the CPU index that PyTorch's installation page names, or "
            "XIAOER_TORCH_FIND_LINKS to a folder or page with the CPU wheel; then run the same command again."
        )
