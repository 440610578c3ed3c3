"""What a finding says about whether its first entry is right. Pure."""

from __future__ import annotations

import math

from knowledge_base.index.version import Finding


def features_of(tidied: str, finding: Finding) -> dict[str, float]:
    """What tells a right first entry from a wrong one; ``finding`` has at least one match for ``tidied``.

    ``dense``: of the first entry; ``margin``: of its score to the second entry's; ``coverage``,
    ``agreement``, ``unknown``, ``foreign``: as the finding has them; ``length``: logarithm of the
    characters, as a longer question says more with the same figures.
    """
    first, *others = finding.matches
    return {
        "dense": first.dense,
        "margin": first.score - (others[0].score if others else 0.0),
        "coverage": finding.coverage,
        "agreement": finding.agreement,
        "unknown": finding.unknown,
        "foreign": finding.foreign,
        "length": math.log(1 + len(tidied)),
    }
