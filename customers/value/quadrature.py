"""Means over a beta distribution, by Gauss-Jacobi quadrature."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigh_tridiagonal

Reals = NDArray[np.float64]

NODES = 64


def beta_nodes(a: float, b: float) -> tuple[Reals, Reals]:
    """Points in (0, 1) and their weights, which add up to 1: the mean of f over Beta(a, b) is ``f(points) @ weights``.

    Golub and Welsch 1969 ("Calculation of Gauss Quadrature Rules"): eigenvalues of the tridiagonal matrix of the
    recurrence of Jacobi polynomials. Weights are normalised, so that no ``b`` is too large for them.
    """
    up, down = a - 1.0, b - 1.0
    order = np.arange(1, NODES, dtype=np.float64)
    width = 2 * order + up + down
    middle = np.empty(NODES)
    middle[0] = (up - down) / (up + down + 2)
    middle[1:] = (up - down) * (up + down) / (width * (width + 2))
    beside = np.empty(NODES - 1)
    beside[0] = 4 * (1 + up) * (1 + down) / ((2 + up + down) ** 2 * (3 + up + down))
    order, width = order[1:], width[1:]
    beside[1:] = (
        4
        * order
        * (order + up)
        * (order + down)
        * (order + up + down)
        / (width**2 * (width + 1) * (width - 1))
    )
    points, vectors = eigh_tridiagonal(middle, np.sqrt(beside))
    return np.clip((points + 1) / 2, 0.0, 1.0), vectors[0] ** 2
