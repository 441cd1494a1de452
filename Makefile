# Everything from nothing: needs python3 (3.11 to 3.14) with venv and pip, nothing else.
#   make demo    build a demo CRM, scan, audit, erase one contact, prove it: in build/demo
#   make test    all that a change must pass; tests/conftest.py says what keeps it short
#   make coverage  the same tests, traced: at least COVERED % of the code must run; before a release
#   make lint    the part of it that is quick;  make bench  the slow ratios
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --quiet --disable-pip-version-check
COVERED ?= 90
WORKERS ?= 3

.PHONY: demo test coverage lint bench install clean
.DELETE_ON_ERROR:

demo: $(VENV)/installed
	rm -rf build/demo
	$(BIN)/efface demo build/demo --full-tour

test: lint
	$(BIN)/pytest -n $(WORKERS) --dist worksteal $(PYTEST)

# Apart from `test`: tracing costs processor time in each test that it watches.
coverage: $(VENV)/installed-dev
	$(BIN)/pytest -n $(WORKERS) --dist worksteal --cov --cov-report=term:skip-covered --cov-fail-under=$(COVERED) $(PYTEST)

lint: $(VENV)/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/installed-dev
	$(BIN)/python -m tests.benchmarks.demo_speed
	$(BIN)/python -m tests.benchmarks.erase_demo
	$(BIN)/python -m tests.benchmarks.matching
	$(BIN)/python -m tests.benchmarks.rescan
	$(BIN)/python -m tests.benchmarks.columns
	$(BIN)/python -m tests.benchmarks.reports
	$(BIN)/python -m tests.benchmarks.presidio_speed

install: $(VENV)/installed

clean:
	rm -rf $(VENV) build dist .coverage .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

# pip before 25.1 knows no dependency groups.
$(VENV)/created:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 15))' || \
	  { echo "efface needs Python 3.11 to 3.14: make PYTHON=/path/to/python3.12" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --upgrade 'pip>=25.1'
	@touch $@

$(VENV)/installed: pyproject.toml $(VENV)/created
	$(PIP) install --editable .
	@touch $@

# Half of the installation is compiling what the tests never import.
$(VENV)/installed-dev: pyproject.toml $(VENV)/created
	$(PIP) install --no-compile --editable . --group dev
	@touch $@ $(VENV)/installed
