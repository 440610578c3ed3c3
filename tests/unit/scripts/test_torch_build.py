"""A CUDA build of PyTorch is told from a CPU build by what it requires on this machine."""

from typing import Any

import pytest

from scripts.installing.torch_build import cuda_requirements


def report(*requires: str) -> dict[str, Any]:
    return {"install": [{"metadata": {"name": "torch", "requires_dist": list(requires)}}]}


@pytest.mark.parametrize(
    ("requires", "found"),
    [
        ((), []),
        (("filelock", "sympy>=1.13.3", 'opt-einsum>=3.3; extra == "opt-einsum"'), []),
        (("filelock", "nvidia-cublas-cu12==12.8.4.1", "triton==3.5"), ["nvidia-cublas-cu12", "triton"]),
        (("cuda-toolkit[cudart]==13.0; sys_platform != 'nowhere'",), ["cuda-toolkit"]),
        (("nvidia-nccl; sys_platform == 'nowhere'",), []),
        (("nvidia-nccl; extra == 'distributed'",), []),
    ],
)
def test_only_what_would_be_installed_here_counts(requires: tuple[str, ...], found: list[str]) -> None:
    assert cuda_requirements(report(*requires)) == found


def test_a_build_that_publishes_no_requirements_is_a_cpu_build() -> None:
    assert cuda_requirements({"install": [{"metadata": {"name": "torch"}}]}) == []
