SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test check lint soak eval bench

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
BENCHES := turn concurrent metrics_scale cold import_rows transcribe pipeline live memory signals timers channel
ONLY ?= $(BENCHES)

help: ## list the commands
	@sed -n 's/^\([a-z]*\):.*## /make \1\t/p' $(MAKEFILE_LIST) | expand -t 14

run: $(VENV)/.run ## set up and serve the web chat and the API, with the demo company if there is no other
	@$(BIN)/dealhand migrate
	@$(BIN)/dealhand demo --if-empty
	@DEALHAND_DEMO="$${DEALHAND_DEMO:-true}" exec $(BIN)/dealhand serve --host 127.0.0.1 --port "$${PORT:-8000}"

test: $(VENV)/.test $(VENV)/.whisper ## set up and run every test this machine can run; says what it skipped and why
	@$(BIN)/python -m pytest -n 2 --dist loadscope -rs

soak: $(VENV)/.test ## two hundred kills while rungs fire, 10,000 chat events with three, then the long kill tests twenty times in a row (SOAK=3 for three)
	@DEALHAND_SOAK=true $(BIN)/python -m pytest tests/jobs/test_timer_kills.py -x
	@DEALHAND_SOAK=true $(BIN)/python -m pytest tests/connectors/reception/test_soak.py -x --timeout=3600
	@for round in $$(seq $${SOAK:-20}); do \
	  echo "round $$round"; DEALHAND_SOAK=true $(BIN)/python -m pytest tests/jobs/test_kills.py -x; \
	done

check: lint ## format, lint, types, architecture
	@$(BIN)/python -m pytest tests/test_architecture.py

lint: $(VENV)/.test ## format, lint, types
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy .

eval: $(VENV)/.run ## the evaluation suites (MODEL=openai:NAME for a configured model); report in var/evals/
	@$(BIN)/dealhand eval $(if $(MODEL),--model "$(MODEL)")

bench: $(VENV)/.test $(VENV)/.whisper ## the benchmarks, a line of JSON a figure (ONLY=turn for one)
	@for name in $(ONLY); do $(BIN)/python -m "bench.$$name"; done

$(VENV)/.run: requirements.lock pyproject.toml | $(BIN)/python
	@echo "Installing what requirements.lock names into $(VENV)"
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --editable .
	@touch $@

$(VENV)/.test: requirements-test.lock $(VENV)/.run
	@echo "Installing what requirements-test.lock names into $(VENV)"
	@$(PIP) install --require-hashes -r requirements-test.lock
	@touch $@

# The second transcriber, for tests and the benchmark. Without dependencies: torch's would be gigabytes for graphics cards.
$(VENV)/.whisper: requirements-whisper.lock $(VENV)/.test
	@echo "Installing what requirements-whisper.lock names into $(VENV)"
	@$(PIP) install --no-deps --require-hashes -r requirements-whisper.lock || \
	  echo "openai-whisper could not be installed, so its tests are skipped; remove $@ to try again" >&2
	@touch $@

$(BIN)/python:
	@for python in python3.13 python3.12 python3.11 python3; do \
	  if "$$python" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	    echo "Making $(VENV) with $$python"; exec "$$python" -m venv $(VENV); \
	  fi; \
	done; \
	echo "Dealhand needs Python 3.11 or newer with venv (on Debian: apt-get install python3 python3-venv)" >&2; exit 1
