"""The running program: commands, wiring, web application, inbox, worker, turn and outbox delivery."""
