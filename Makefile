# Two commands: `make demo` shows the ward, `make test` checks everything. `make help` lists the rest.

PYTHON ?= python3
BIN := .venv/bin
RUNTIME := .venv/runtime.stamp
TOOLS := .venv/tools.stamp

.PHONY: help demo demo-reset dev test check check-deploy format lint types tests test-faults screens browser pango clean

help:
	@grep -E '^[a-z-]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | expand -t 14

demo: $(RUNTIME) ## serve the demo ward on http://localhost:8000 (PORT=8080 chooses another port)
	@CRSWEB_MODE=demo exec $(BIN)/python -m crsweb.demo $(if $(PORT),--port $(PORT))

demo-reset: $(RUNTIME) ## remove the demo's database: the next `make demo` loads it anew
	@CRSWEB_MODE=demo exec $(BIN)/python -m crsweb.demo --reset

dev: $(RUNTIME) ## serve while writing: starts again when a file changes; an empty database of its own
	@CRSWEB_MODE=development exec $(BIN)/python -m crsweb.development $(if $(PORT),--port $(PORT))

test: check tests check-deploy test-faults ## format, lint, types; unit, database and browser tests; a site's settings; faults

check: format lint types

format: $(TOOLS)
	$(BIN)/ruff format --check .

lint: $(TOOLS)
	$(BIN)/ruff check .
	$(BIN)/lint-imports

types: $(TOOLS)
	$(BIN)/mypy

check-deploy: $(RUNTIME) ## Django's deployment checks on the settings of a site: a warning fails
	@env -i CRSWEB_MODE=production SECRET_KEY="of no site: it is longer than fifty characters, for the check alone" \
	DATABASE_URL=postgresql://crsweb_app@127.0.0.1/crsweb ALLOWED_HOSTS=crs.hospital.example \
	$(BIN)/python manage.py check --deploy --fail-level WARNING

tests: $(TOOLS) browser pango
	$(BIN)/pytest -n 2

test-faults: $(TOOLS) ## record while web workers and PostgreSQL are killed, hang, and run out of room (FULL=1: six times as much)
	$(BIN)/pytest -s -v tests/faults/runs.py

screens: $(TOOLS) browser ## write a picture of each screen in each theme into screens/, at a fixed clock
	$(BIN)/pytest tests/browser/screens.py

browser: $(TOOLS) ## install a browser for the tests, where none is found
	@$(BIN)/python -m tests.chromium

pango: $(TOOLS) ## install what PDFs are drawn with for the tests, where it is not found
	@$(BIN)/python -m tests.pango

clean: ## remove what the tools made; data is kept
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache collected

$(RUNTIME): requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "crsweb needs Python 3.11 or later; PYTHON= names one: make demo PYTHON=python3.12")'
	@test -x $(BIN)/pip || $(PYTHON) -m venv --clear .venv
	@echo "Installing requirements.txt into .venv"
	@$(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(TOOLS): requirements-dev.txt $(RUNTIME)
	@echo "Installing requirements-dev.txt into .venv"
	@$(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@
