# Needs python3 >= 3.11 and make; everything else is fetched into this folder.
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps
WORKERS ?= 2
UV := build/lock/bin/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate

.PHONY: help run test test-all check bench assets screenshots lock clean

help:  ## what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

run: $(VENV)/.run  ## demo county on http://127.0.0.1:8000 (PORT=... for another port)
	@$(PY) -m webapp.assets
	@$(PY) -m seed
	@$(PY) -m webapp run $(if $(PORT),--port $(PORT))

test: $(VENV)/.dev  ## the whole test suite, with SQLite, PostgreSQL and a browser
	@$(PY) -m webapp.assets
	@$(PY) -m tests.browser.chromium
	@$(PY) -m pytest -q -n $(WORKERS) --dist loadgroup $(ARGS)

test-all: export SHEGONG_TESTS = all
test-all: ARGS += -m "sweep or not sweep" -o faulthandler_timeout=0
test-all: test  ## every story on both databases, faults at every statement; takes long

check: $(VENV)/.dev  ## ruff, mypy, import contracts, templates and house rules
	@$(VENV)/bin/ruff check .
	@$(PY) -m mypy
	@$(VENV)/bin/lint-imports --no-logo
	@$(PY) -m pytest -q tests/architecture

bench: $(VENV)/.dev  ## the numbers the design promises, as ratios
	@$(PY) -m tests.bench

assets: $(VENV)/.run  ## scripts and styles of the pages, built again
	@$(PY) -m webapp.assets --force

screenshots: $(VENV)/.dev  ## every page at desktop and phone width, into build/screenshots
	@$(PY) -m webapp.assets
	@$(PY) -m tests.browser.screenshots

lock: $(VENV)/.dev  ## lock files from the versions in pyproject.toml and package.json (fetches uv)
	@$(PY) -m venv build/lock && build/lock/bin/pip install --quiet uv
	@for part in ":requirements" "--extra=dev:requirements-dev"; do \
	  $(UV) --python-version 3.11 $${part%%:*} pyproject.toml -o $${part##*:}.txt || exit 1; done
	@sed -n 's/^node = \["\(.*\)"\]/\1/p' pyproject.toml | $(UV) - -o requirements-node.txt
	@npm install --package-lock-only --ignore-scripts
	@cd tests/browser && npm install --package-lock-only --ignore-scripts

clean:  ## everything that can be made again (keeps data/)
	rm -rf $(VENV) node_modules tests/browser/node_modules webapp/static/dist .cache build

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "python3 >= 3.11 is needed: make PYTHON=/path/to/python3.11")'
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements.txt | $(VENV)/bin/python
	@echo "Installing the pinned packages ..."
	@$(PIP) -r $<
	@touch $@

$(VENV)/.dev: requirements-dev.txt | $(VENV)/bin/python
	@echo "Installing the pinned packages and the tools for tests ..."
	@$(PIP) -r $<
	@touch $@ $(VENV)/.run
