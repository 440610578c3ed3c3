"""The storm: hundreds of customers of both platforms, everything that can go wrong, and a ledger of what came of it.

``plan`` says who does what when, ``players`` do it, ``killer`` kills processes, ``newsreel`` follows the platform's
log, ``settling`` waits for the calm, ``evidence`` gathers what everybody has in the end, ``verdict`` judges it (pure).
``rounds`` puts one round together; ``python -m tests.chaos.storm`` runs many of them and can be interrupted.
"""
