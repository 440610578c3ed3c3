"""Tells whether the PyTorch that pip would choose is a CPU build; run by the environment's own Python.

PyTorch's ordinary build for Linux brings several GB of CUDA packages that this product never uses. So pip is
asked what it would install (where the index publishes metadata it downloads no wheel for that), and what that
build requires on this machine is looked through.
"""

import json
import sys
from typing import Any

from pip._vendor.packaging.requirements import Requirement

CUDA_PREFIXES = ("nvidia-", "cuda-", "triton", "pytorch-triton")


def cuda_requirements(report: dict[str, Any]) -> list[str]:
    """The CUDA packages that the chosen build requires here; `report` is pip's installation report."""
    found: list[str] = []
    for item in report["install"]:
        for text in item["metadata"].get("requires_dist", ()):
            requirement = Requirement(text)
            wanted = requirement.marker is None or requirement.marker.evaluate({"extra": ""})
            if wanted and requirement.name.lower().startswith(CUDA_PREFIXES):
                found.append(requirement.name)
    return sorted(set(found))


def main() -> int:
    found = cuda_requirements(json.load(sys.stdin))
    print("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
