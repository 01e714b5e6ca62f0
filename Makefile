# Everything a newcomer types. Each target does its own set-up; the logic is in scripts/setup.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
ARGS   ?=
# Rooms that touch no machine, and wait half of their time: their tests run three at a time.
APART  := tests/tui tests/world tests/compare tests/report tests/frames tests/config
# What works hard, and what waits most of its time for somebody to end: side by side, each one test at a time.
WORKS  := tests/worlds
WAITS  := tests/chaos/test_collector_deaths.py
# Rooms that set the machine in uproar, or count what happens on it: one test at a time. All others: three files at a time.
ALONE  := tests/chaos tests/security tests/terminal/test_tutorial.py tests/live/test_churn.py tests/live/test_healthy.py

.DEFAULT_GOAL := help
.PHONY: help run test bench check format screenshots soak fuzz mutants audit clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(VENV)/run.stamp ## Open the explorer on this machine (ARGS="--pid 1 …" to pass arguments)
	@$(BIN)/sockscope $(ARGS)

test: $(VENV)/test.stamp ## Check the code, then run every test (ARGS="tests/world -x" to choose)
	@scripts/setup packages
	@$(MAKE) --no-print-directory check
	@$(if $(ARGS),$(BIN)/python -m pytest $(ARGS),$(BIN)/python -m pytest -n 3 $(APART))
	@$(if $(ARGS),,$(BIN)/python -m pytest -n 3 --dist loadfile $(patsubst %,--ignore=%,$(APART) $(WORKS) $(ALONE)))
	@$(if $(ARGS),,tests/side_by_side $(WORKS) -- $(WAITS))
	@$(if $(ARGS),,$(BIN)/python -m pytest $(patsubst %,--ignore=%,$(WAITS)) $(ALONE))
	@$(if $(ARGS),,tests/unprivileged)

bench: $(VENV)/test.stamp ## Measure sockscope beside lsof, lsfd, ss and psutil (ARGS="cold --rounds 3" to choose)
	@$(BIN)/python -m benchmarks.run $(ARGS)

check: $(VENV)/test.stamp ## Style, types and the direction of imports
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/test.stamp ## Let ruff mend what it can
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

screenshots: $(VENV)/test.stamp ## Draw screenshots/*.svg anew from the real app
	@$(BIN)/python -m pytest tests/tui --snapshot-update $(ARGS)

soak: $(VENV)/test.stamp ## The storms of tests/chaos for ten minutes (SOAK=60 for one), and thousands of worlds, and healthy servers
	@scripts/setup packages
	@SOCKSCOPE_SOAK=$(or $(SOAK),600) $(BIN)/python -m pytest tests/chaos tests/worlds tests/live/test_healthy.py -s $(ARGS)

fuzz: $(VENV)/fuzz.stamp ## Fuzz every parser of bytes, guided by coverage (ARGS="stat -max_total_time=600")
	@$(BIN)/python -m tests.fuzz.with_atheris $(or $(ARGS),all -max_total_time=300)

mutants: $(VENV)/test.stamp ## Falsify each fact of kinds and relations, and look that a test fails (ARGS="kinds timerfd")
	@$(BIN)/python scripts/mutants.py $(ARGS)

audit: $(VENV)/test.stamp ## Ask the advisory database about every locked dependency
	@# In an environment of its own: what audits the locked versions must not change them. Strict: what the
	@# database does not know is a failure, not silence.
	@test -x $(VENV)/audit/bin/pip-audit || $(BIN)/python -m venv $(VENV)/audit
	@$(VENV)/audit/bin/python -m pip --disable-pip-version-check --quiet install pip-audit
	@$(VENV)/audit/bin/pip-audit --strict --require-hashes --disable-pip -r requirements-dev.lock

clean: ## Remove what make has made
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache snapshot_report.html
	find sockscope tests -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/fuzz.stamp: $(VENV)/test.stamp
	@$(BIN)/python -m pip --disable-pip-version-check --quiet install atheris
	@touch $@

$(VENV)/run.stamp: pyproject.toml scripts/setup
	@PYTHON="$(PYTHON)" scripts/setup run

$(VENV)/test.stamp: pyproject.toml requirements-dev.lock scripts/setup
	@PYTHON="$(PYTHON)" scripts/setup test
