# Everything a developer types. `make check` and `make test` are what CI runs (.ci/run).
SHELL := /bin/sh
.DEFAULT_GOAL := help
PYTHON ?= python3
ARGS ?=
WORKERS ?= 2
RUN := .venv/bin

.PHONY: help setup demo test mutants bench check format lock pictures clean

help: ## Say what can be done here
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

setup: .venv/.development ## Make .venv from the locks, development tools included
	@echo ".venv is ready: $$($(RUN)/python --version), phoihop at $(RUN)/phoihop"

demo: .venv/.runtime ## Play the story and watch it live; make demo ARGS="--once --report demo.json"
	@$(RUN)/phoihop demo $(ARGS)

test: .venv/.development ## Run the tests; make test ARGS="tests/unit -k relay"
	@$(RUN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder -m "not bench" $(ARGS)

mutants: .venv/.development ## Switch the guards off one by one; a test must notice each; takes minutes
	@PYTHONPATH=tests:. $(RUN)/python tests/mutants/run.py $(ARGS)

chaos: .venv/.development ## Kill, freeze and slow a real bus; make chaos ARGS="--quick" or "--seeds 20 --minutes 5"
	@PYTHONPATH=tests:. $(RUN)/python tests/chaos/run.py $(ARGS)

bench: .venv/.development ## Print the table of promised numbers; make bench ARGS="daylight --json"; takes minutes
	@PYTHONPATH=tests $(RUN)/python tests/bench/run.py $(ARGS)

check: .venv/.development ## Lint, types, import contracts, licences, locks, schemas, reference data
	@$(RUN)/python tests/rules/checks.py $(ARGS)

format: .venv/.development ## Rewrite the code as the formatter wants it
	@$(RUN)/ruff check --fix-only --quiet .
	@$(RUN)/ruff format .

lock: .tools/bin/uv ## Pin what pyproject.toml asks for; make lock ARGS=--upgrade for newer versions
	@.ci/lock $(ARGS)

pictures: .venv/.development ## Take the pictures of the running pages into docs/pictures; needs Chromium
	@PYTHONPATH=tests $(RUN)/python tests/browser/pictures.py $(ARGS)

clean: ## Remove what was made here, except .phoihop (phoihop stack reset removes that)
	@rm -rf .venv .tools .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache dist
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

.tools/bin/uv: .ci/uv.requirements.lock .ci/bootstrap
	@.ci/bootstrap $(PYTHON)
	@touch -h $@ 2>/dev/null || touch $@

.venv/.runtime: requirements.lock pyproject.toml .ci/environment | .tools/bin/uv
	@.ci/environment runtime $(PYTHON)

.venv/.development: requirements-dev.lock pyproject.toml .ci/environment | .tools/bin/uv
	@.ci/environment development $(PYTHON)
