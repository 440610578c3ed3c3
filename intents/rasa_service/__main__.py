"""Rasa as a service: ``python -m intents.rasa_service train``, ``serve`` or ``prune``."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from intents.rasa_service import serving, training

USAGE = """usage: python -m intents.rasa_service COMMAND
  train            the model of the data as they are now, trained if need be
  serve OPTIONS…   Rasa on loopback, looked after; --help lists the options
  prune OPTIONS…   forget trackers that have been silent for long
"""


def main(arguments: Sequence[str]) -> int:
    match list(arguments):
        case ["train"]:
            return training.main()
        case ["serve", *options]:
            return serving.serve(options)
        case ["prune", *options]:
            return serving.prune(options)
        case _:
            sys.stderr.write(USAGE)
            return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
