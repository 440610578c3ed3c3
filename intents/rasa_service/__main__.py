"""``python -m intents.rasa_service train``: the model of the data as they are now, trained if need be."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from intents.rasa_service import training


def main(arguments: Sequence[str]) -> int:
    match list(arguments):
        case ["train"]:
            return training.main()
        case _:
            sys.stderr.write("usage: python -m intents.rasa_service train\n")
            return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
