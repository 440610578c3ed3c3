"""Returns of goods while Rasa, the bot, or both are killed: each is handed in once, whoever dies.

``lines`` says what a customer answers to what they hear (pure), ``customers`` have the conversations, ``killer`` kills,
``evidence`` gathers what everybody has in the end, ``verdict`` judges it (pure). ``rounds`` puts one round together;
``python -m tests.chaos.guided`` runs a long one.
"""
