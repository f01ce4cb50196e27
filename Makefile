# Everything happens in .venv: made when first needed, and again when the lock, pyproject.toml or its Python changes.
# `make test PYTHON=python3.13` has an environment of its own, .venv-3.13.0.
PYTHON ?= python3
VERSION := $(shell $(PYTHON) -c 'import sys; print("%d.%d.%d" % sys.version_info[:3])')
VENV ?= $(if $(filter python3,$(PYTHON)),.venv,.venv-$(VERSION))
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
TESTS ?=
DATES ?= all

define check_style_and_types
@$(1)/ruff check .
@$(1)/ruff format --check .
@$(1)/mypy
@$(1)/mypy benchmarks
endef

define run_tests
@$(1)/python -m pytest -n auto --maxprocesses 4 --dist worksteal $(TESTS)
endef

# Fewer random histories each than `make test`: together they try more.
test-newest test-lowest: export FEEDD_EXAMPLES ?= 34
test-pythons test-dates: export FEEDD_EXAMPLES ?= 12

.PHONY: help run render test lint bench test-newest test-lowest test-pythons test-dates lock dist release clean

help:     ## show these targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

run: $(VENV)/installed     ## publish the items in seeds/, and again whenever they change
	@$(BIN)/feedd run

render: $(VENV)/installed     ## publish the items in seeds/ once
	@$(BIN)/feedd render

test: $(VENV)/installed-dev     ## run the tests; TESTS=tests/test_month.py runs some, PYTHON=python3.13 another Python
	$(call run_tests,$(BIN))

lint: $(VENV)/installed-dev     ## check style, types and formatting
	$(call check_style_and_types,$(BIN))

bench: $(VENV)/installed-dev     ## measure against Hugo and nginx (minutes)
	@$(PIP) install --require-hashes --no-build-isolation --requirement requirements/bench.txt
	@$(BIN)/python -m benchmarks.render
	@$(BIN)/python -m benchmarks.daemon
	@$(BIN)/python -m benchmarks.serving
	@$(BIN)/python -m benchmarks.ranking
	@$(BIN)/python -m benchmarks.uploads

# Neither of these environments is kept: what the ranges admit changes from day to day.
test-newest: $(VENV)/installed-dev     ## style, types and tests with the newest packages that pyproject.toml admits
	@echo "Installing the newest packages into .venv-newest ..."
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python .venv-newest
	@$(BIN)/uv pip install --quiet --refresh --python .venv-newest --editable '.[dev]'
	$(call check_style_and_types,.venv-newest/bin)
	$(call run_tests,.venv-newest/bin)

test-lowest: $(VENV)/installed-dev     ## tests with the oldest packages that pyproject.toml admits, on Python 3.11
	@echo "Installing the oldest packages into .venv-lowest ..."
	@$(BIN)/uv venv --quiet --clear --no-python-downloads --python 3.11 .venv-lowest
	@$(BIN)/uv pip install --quiet --python .venv-lowest --resolution lowest-direct --editable '.[dev]'
	$(call run_tests,.venv-lowest/bin)

# Pythons of the system and of pyenv; each has an environment of its own.
test-pythons:     ## the tests on each Python from 3.11 on that is here
	@for minor in 11 12 13 14; do \
	  for python in "python3.$$minor" $${PYENV_ROOT:-$$HOME/.pyenv}/versions/3.$$minor.*/bin/python; do \
	    "$$python" -c '' 2>/dev/null || continue; \
	    echo "Python 3.$$minor: $$python"; \
	    $(MAKE) --no-print-directory test PYTHON="$$python" VENV=".venv-3.$$minor" TESTS="$(TESTS)" || exit 1; \
	    break; \
	  done; \
	done

# Two modules measure the time of the processor, which no date moves.
test-dates: $(VENV)/installed-dev     ## the tests at other dates, each in another time zone; DATES="leap-day clocks-back" at some
	@for date in $(DATES); do \
	  $(BIN)/python tests/other_dates.py "$$date" -n auto --maxprocesses 4 --dist worksteal \
	    --ignore tests/items/test_linear.py --ignore tests/html/test_markdown_limits.py $(TESTS) || exit 1; \
	done

COMPILE = $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
  --annotation-style line --custom-compile-command 'make lock'

lock: $(VENV)/installed-dev     ## renew the packages in requirements/
	@$(COMPILE) --extra dev --output-file requirements/dev.txt pyproject.toml
	@$(COMPILE) --constraints requirements/dev.txt --output-file requirements/run.txt pyproject.toml
	@$(COMPILE) --constraints requirements/dev.txt --extra bench --output-file requirements/bench.txt pyproject.toml
	@$(COMPILE) --constraints requirements/dev.txt --extra release --output-file requirements/release.txt pyproject.toml
	@$(BIN)/python -c 'import tomllib; \
	  print(*tomllib.load(open("pyproject.toml", "rb"))["build-system"]["requires"], "setuptools", sep="\n")' \
	  | $(COMPILE) --constraints requirements/dev.txt --output-file requirements/build.txt -

dist: $(VENV)/installed-dev     ## build the wheel and the source distribution, into dist/
	@$(BIN)/python -m build --no-isolation --outdir dist

release: $(VENV)/installed-dev     ## make the files of a release in dist/, twice, and try them; RELEASE=0.2.0 names it first
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python .venv-release
	@$(BIN)/uv pip install --quiet --python .venv-release --require-hashes --requirement requirements/build.txt
	@$(BIN)/uv pip install --quiet --python .venv-release --require-hashes --no-build-isolation \
	  --requirement requirements/release.txt
	@.venv-release/bin/python release/make_release.py $(if $(RELEASE),--version $(RELEASE))

clean:     ## delete the environments and what was made from seeds/
	rm -rf .venv .venv-* build dist .feedd feeds/*

$(VENV)/python-$(VERSION):
	@$(PYTHON) -c 'import sys; sys.exit("feedd needs Python 3.11 or newer") if sys.version_info < (3, 11) else None'
	@$(PYTHON) -m venv --clear $(VENV)
	@touch $@

# Hash checking refuses an editable project, and building in isolation would fetch what no hash was checked of.
define install
$(PIP) install --require-hashes --requirement requirements/build.txt
$(PIP) install --require-hashes --no-build-isolation --requirement requirements/$(1).txt
$(PIP) install --no-deps --no-build-isolation --editable .
endef

$(VENV)/installed: $(VENV)/python-$(VERSION) requirements/build.txt requirements/run.txt pyproject.toml
	@echo "Installing feedd into $(VENV) ..."
	@$(call install,run)
	@touch $@

$(VENV)/installed-dev: $(VENV)/python-$(VERSION) requirements/build.txt requirements/dev.txt pyproject.toml
	@echo "Installing feedd and its tests into $(VENV) ..."
	@$(call install,dev)
	@touch $@ $(VENV)/installed
