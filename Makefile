# Needs Python 3.11 or newer, make and a C compiler; everything else goes into .venv from hash-locked lists.
PYTHON ?= python3
BIN    := .venv/bin
PIP     = $(BIN)/python -m pip --disable-pip-version-check
LOCK    = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
          --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" $(UPGRADE) pyproject.toml

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help setup setup-dev demo test quick soak lint format types imports sizes addresses docs wheel ci lock bench match-report clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# ---- install: each stamp is newer than what it was made from, so a second run does nothing

setup: .venv/serve.stamp ## install what serving and the command line need into .venv
setup-dev: .venv/dev.stamp ## install what tests and checks need, on top of setup

.venv/pyvenv.cfg:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "$(PYTHON) is older than 3.11; try: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 2; }
	@$(PYTHON) -m venv .venv

.venv/serve.stamp: pyproject.toml requirements/server.lock | .venv/pyvenv.cfg
	@echo "Installing what serving needs into .venv ..."
	@$(PIP) install -qq --require-hashes -r requirements/server.lock
	@$(PIP) install -qq --no-deps --no-build-isolation --editable .
	@touch $@

.venv/dev.stamp: requirements/dev.lock .venv/serve.stamp
	@echo "Installing what tests and checks need into .venv ..."
	@$(PIP) install -qq --require-hashes -r requirements/dev.lock
	@touch $@

lock: setup-dev ## write requirements/*.lock anew from pyproject.toml (UPGRADE=--upgrade takes newer releases)
	$(LOCK) -o requirements/client.lock
	$(LOCK) --extra server --extra sandbox --group build -c requirements/client.lock -o requirements/server.lock
	$(LOCK) --extra server --extra heif --extra sql --extra sandbox --group build --group dev -c requirements/server.lock -o requirements/dev.lock
	$(LOCK) --extra server --extra heif --extra sql --extra sandbox --group build --group dev --group bench -c requirements/dev.lock -o requirements/bench.lock

# ---- see it run

demo: setup ## serve a sandbox with a roster synced into it (ROSTER=file MAP=file REGION=RO ARGS=--once)
	@$(BIN)/rentix demo $(if $(ROSTER),--roster "$(ROSTER)") $(if $(MAP),--map "$(MAP)") \
	  $(if $(REGION),--region "$(REGION)") $(ARGS)

bench: .venv/bench.stamp ## measure the service beside what people would otherwise build; needs wrk (FIGURES=put_sqlite,get)
	@$(BIN)/python -m benchmarks.bench $(if $(FIGURES),--figures "$(FIGURES)")

match-report: setup-dev ## measure how well agents are paired with users (RENTIX_TEST_DATA=folder)
	@$(BIN)/python -m benchmarks.matching

.venv/bench.stamp: requirements/bench.lock .venv/dev.stamp
	@echo "Installing what the peers are made of into .venv ..."
	@$(PIP) install -qq --require-hashes -r requirements/bench.lock
	@touch $@

# ---- gates

ABREAST = --numprocesses auto --maxprocesses 4 --dist loadfile

test: setup-dev ## run all tests but the soak
	@$(BIN)/python -m pytest $(ABREAST)

quick: setup-dev ## run the fast tests, on SQLite
	@$(BIN)/python -m pytest $(ABREAST) -m "not slow and not soak" --database sqlite

soak: setup-dev ## run the long tests: kills, crashes, a pooler, two servers, a flood
	@$(BIN)/python -m pytest -m soak

docs: setup-dev ## run the tests of the documentation
	@$(BIN)/python -m pytest tests/docs

lint: setup-dev ## check format and lint
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .

format: setup-dev ## write the format and the safe fixes
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .

types: setup-dev ## check types
	@$(BIN)/mypy

imports: setup-dev ## check who may import whom
	@$(BIN)/lint-imports

sizes: .venv/pyvenv.cfg ## check that files and functions stay small
	@$(BIN)/python scripts/check_sizes.py src tests benchmarks scripts

addresses: .venv/pyvenv.cfg ## check that no machine's path or registry's host is committed
	@$(BIN)/python scripts/check_addresses.py

wheel: setup ## build the wheel, install it bare into a fresh environment and try it
	@rm -rf dist build/bare
	@$(PIP) wheel -qq --no-deps --no-build-isolation --wheel-dir dist .
	@$(PYTHON) -m venv build/bare
	@$(MAKE) --no-print-directory BIN=build/bare/bin try-wheel

.PHONY: try-wheel
try-wheel:
	@$(PIP) install -qq --require-hashes -r requirements/client.lock
	@$(PIP) install -qq --no-deps dist/rentix-*.whl
	@$(PIP) check
	@$(BIN)/rentix --help >/dev/null
	@$(BIN)/python -c "import rentix.client, rentix.sync"
	@echo "The bare wheel installs, imports and answers --help."

ci: lint types imports sizes addresses wheel test ## run every gate, tests last

clean: ## remove what the targets above made
	@rm -rf .venv dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
