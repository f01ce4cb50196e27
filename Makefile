# Everything happens in .venv, which is made when first needed and again when pyproject.toml changes.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: help run render test lint bench clean

help:     ## show these targets
	@sed -n 's/^\([a-z]*\): .*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 10

run: $(VENV)/installed     ## publish the items in seeds/, and again whenever they change
	@$(BIN)/feedd run

render: $(VENV)/installed     ## publish the items in seeds/ once
	@$(BIN)/feedd render

test: $(VENV)/installed-dev     ## run the tests
	@$(BIN)/pytest -n auto --maxprocesses 4 --dist worksteal

lint: $(VENV)/installed-dev     ## check style, types and formatting
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/mypy benchmarks

bench: $(VENV)/installed-dev     ## measure against Hugo and nginx (minutes)
	@$(BIN)/pip install --quiet --editable '.[bench]'
	@$(BIN)/python -m benchmarks.render
	@$(BIN)/python -m benchmarks.daemon
	@$(BIN)/python -m benchmarks.serving
	@$(BIN)/python -m benchmarks.ranking

clean:     ## delete the environment and what was made from seeds/
	rm -rf $(VENV) .feedd feeds/*

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit("feedd needs Python 3.11 or newer") if sys.version_info < (3, 11) else None'
	@$(PYTHON) -m venv $(VENV)

$(VENV)/installed: pyproject.toml | $(VENV)/bin/python
	@echo "Installing feedd into $(VENV) ..."
	@$(BIN)/pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/installed-dev: pyproject.toml | $(VENV)/bin/python
	@echo "Installing feedd and its tests into $(VENV) ..."
	@$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@ $(VENV)/installed
