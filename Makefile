# Two commands matter: `make demo` and `make test`. Both set everything up first.

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready

.PHONY: demo test lint types imports bench bench-roads bench-catchments bench-siting bench-routing bench-places bench-crs_gate clean

demo: $(READY)
	$(BIN)/lastmile demo

test: lint types imports
	$(BIN)/pytest -n 2 --dist loadfile

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY)
	$(BIN)/mypy

imports: $(READY)
	$(BIN)/lint-imports

bench: bench-roads bench-catchments bench-siting bench-routing bench-places bench-crs_gate

bench-roads bench-catchments bench-siting bench-routing bench-places bench-crs_gate: bench-%: $(VENV)/.bench
	$(BIN)/python benchmarks/$*.py --short

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' \
	  || { echo "lastmile needs Python 3.11, 3.12 or 3.13 with venv; name one: make PYTHON=python3.12" >&2; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
	@echo "Compiling the inner loops, once ..."
	$(BIN)/python tests/town.py $(VENV)/town
	$(BIN)/lastmile plan $(VENV)/town/scenario.toml -o $(VENV)/town-plan --quiet
	touch $@

$(VENV)/.bench: $(READY)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev,bench]'
	touch $@

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
