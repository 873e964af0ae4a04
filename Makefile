# `make serve` and `make test` do all their own set-up. Only Python 3.11 or newer and make are needed.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: help serve test lint bench lock clean

help:  ## this text
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

serve: $(VENV)/run  ## train the default model if there is none, create the database, serve on port 8080
	$(BIN)/disposisi serve

test: lint  ## lint, types, and the whole test suite
	$(BIN)/pytest

lint: $(VENV)/dev  ## ruff and mypy --strict
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(VENV)/dev  ## measure the speed side by side with scikit-learn and fastText (10 minutes)
	$(BIN)/pip install -q fasttext-wheel
	$(BIN)/python tests/benchmarks/run.py

lock: $(VENV)/dev  ## write the lock files anew from pyproject.toml
	$(BIN)/pip install -q uv
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --upgrade -o requirements.lock pyproject.toml
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --extra dev -c requirements.lock -o requirements-dev.lock pyproject.toml

clean:  ## remove the virtual environment and the caches; var/ stays
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache build *.egg-info

$(VENV)/python:
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed; try: make PYTHON=python3.12") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	touch $@

$(VENV)/run: requirements.lock pyproject.toml | $(VENV)/python
	$(BIN)/pip install -q --require-hashes -r requirements.lock
	$(BIN)/pip install -q --no-deps -e .
	touch $@

$(VENV)/dev: requirements-dev.lock pyproject.toml | $(VENV)/python
	$(BIN)/pip install -q --require-hashes -r requirements-dev.lock
	$(BIN)/pip install -q --no-deps -e .
	touch $@
