# make run | make test | make check | make format | make lock
PYTHON ?= python3
BIN := .venv/bin
PORT ?= 8501

.PHONY: run test check format lock clean

run: .venv/run ## build what is missing and serve the dashboard on 127.0.0.1
	@$(BIN)/guanqing serve --port $(PORT)

test: .venv/test ## every test but the slow ones; CI=true runs those too
	$(BIN)/python -m pytest $(if $(CI),,-m "not slow") $(ARGS)

check: .venv/test ## format, lint, SQL lint, types, import rules
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/sqlfluff lint queries data/marts data/staging data/judge data/upgrades data/*.sql
	$(BIN)/mypy
	$(BIN)/lint-imports

format: .venv/test ## put in shape what can be
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/sqlfluff fix queries data/marts data/staging data/judge data/upgrades data/*.sql

lock: ## choose versions anew; needs uv
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-annotate --no-header -o requirements.lock pyproject.toml
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-annotate --no-header -c requirements.lock --extra test -o requirements-test.lock pyproject.toml

clean: ## remove the environment; the library stays
	rm -rf .venv

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Guanqing needs Python 3.11 or newer: make PYTHON=python3.12 run")'
	$(PYTHON) -m venv .venv

.venv/run: requirements.lock pyproject.toml | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.venv/test: requirements-test.lock .venv/run
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-test.lock
	@touch $@
