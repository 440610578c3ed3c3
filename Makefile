# One task runner. Anything longer than a line is a command in scripts/.
MAKEFLAGS += --no-print-directory
PY := .venv/bin/python
PYTEST := $(PY) -m pytest
PYTEST_ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help setup demo run talk test check unit slow storm conformance lint format typecheck arrows bench lock upgrade clean

help: ## what can be made (this list)
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1|/' | awk -F'|' '{printf "  make %-10s %s\n", $$1, $$2}'

setup: ## everything that running and testing need; seconds when nothing changed
	@scripts/setup.sh

demo: ## the shop, the bot and a phone in your browser, from nothing; Ctrl-C stops all of it
	@scripts/setup.sh --for demo
	@$(PY) -m scripts.demo

run: ## the bot against the platforms in config.yml
	@scripts/setup.sh --for running
	@$(PY) -m bot serve

talk: ## a conversation with the bot in this terminal
	@scripts/setup.sh --for running
	@$(PY) -m bot talk

test: setup ## everything from nothing: set-up, checks, then the whole test suite
	@$(MAKE) check
	@$(MAKE) unit
	@$(MAKE) slow

check: lint typecheck arrows ## what can be checked without running anything

unit: ## the fast tests: no sockets, no servers
	@$(PYTEST) tests/unit -n 2 $(PYTEST_ARGS)

slow: ## all other tests, on four processes: they wait more than they work
	@$(PYTEST) tests --ignore=tests/unit -n 4 --dist=loadgroup --no-loadscope-reorder $(PYTEST_ARGS)

storm: ## 20,000 messages, both platforms, every fault; STORM_ARGS="--messages 200000 --resume" for more
	@$(PY) -m tests.chaos.storm --folder var/storm $(STORM_ARGS)

conformance: ## examines a bot from outside: make conformance ARGS="--target URL …" (docs/simulator.md)
	@$(PY) -m simulator conformance $(ARGS)

lint: ## ruff: rules and formatting
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .

format: ## put the code into its usual form
	@$(PY) -m ruff check --fix-only --quiet .
	@$(PY) -m ruff format .

typecheck: ## mypy, strict
	@$(PY) -m mypy

arrows: ## import-linter: who may import whom
	@.venv/bin/lint-imports --no-logo

bench: ## the measurements of docs/benchmarks.md
	@$(PY) -m benchmarks

lock: ## pin requirements/*.in anew, keeping versions that still fit
	@$(PY) -m scripts.lock

upgrade: ## pin requirements/*.in anew, to the newest versions
	@$(PY) -m scripts.lock --upgrade

clean: ## remove what set-up and tests made; var/ (databases) stays
	@rm -rf .venv .venv-rasa node_modules .models .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
