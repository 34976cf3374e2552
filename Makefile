# Quire: `make demo` shows it, `make test` checks it. Each target sets up what it needs, from a clean clone and Python 3.11 to 3.13.

PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3 python; do \
	$$p -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed

.PHONY: help setup warmup demo test slow bench lint docs clean

help:
	@echo "make setup   virtual environment .venv with the command .venv/bin/quire"
	@echo "make demo    build an example guest, run it, prove it in shards, verify the proof"
	@echo "make test    the test suite"
	@echo "make slow    the tests that take minutes"
	@echo "make bench   the performance table, with peak memory"
	@echo "make lint    ruff and its format, pyright, import contracts"
	@echo "make docs    write the generated reference pages again"

setup: $(INSTALLED)

$(INSTALLED): pyproject.toml requirements.lock
	@test -n "$(PYTHON)" || { echo "quire needs Python 3.11 or newer with venv; set PYTHON=/path/to/python3.11"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c requirements.lock -e '.[guest,test,cluster]'
	@touch $@

warmup: $(INSTALLED)
	$(BIN)/quire warmup

demo: warmup
	$(BIN)/python examples/demo.py

# Four files at once at most: a test of proving may hold two GiB.
PYTEST := $(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile

test: warmup
	$(PYTEST)

slow: warmup
	$(PYTEST) -m slow

bench: warmup
	$(BIN)/python -m benches

lint: $(INSTALLED)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c requirements.lock -e '.[dev]'
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/pyright

docs: $(INSTALLED)
	$(BIN)/python docs/generate.py

clean:
	rm -rf $(VENV) build dist .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
