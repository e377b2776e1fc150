# Every target says in one line what it does: `make help`.

PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
ROUNDS ?= 5
BIN := .venv/bin
BENCH := .venv-bench/bin
DUAL := $(BIN)/flask --app wsgi

.DEFAULT_GOAL := help
.PHONY: help demo tour test quick deep chaos bench lint docs clean

help: ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

demo: .venv/runs ## prepare the demo, play the tour once, and serve it on http://127.0.0.1:8000
	@$(DUAL) demo --host $(HOST) --port $(PORT)

tour: .venv/runs ## play the tour again and leave its prints in instance/tour
	@$(DUAL) tour

test: .venv/tests ## everything: lint, types, the whole suite on SQLite and on PostgreSQL; the totals come last
	@$(BIN)/python -m tests.everything

quick: .venv/tests ## the part to run while working: pure rules and the main job, on SQLite
	@$(BIN)/python -m pytest tests/risk_models tests/test_main_job.py tests/test_architecture.py tests/hidden_hazards

deep: .venv/tests ## the long runs: more fuzz, more races, more tokens, more tampers
	@$(BIN)/python -m tests.everything --deep

chaos: .venv/tests ## kill the server in a loop under load on both databases, then compare (ROUNDS=5 kills on each)
	@$(BIN)/python -m tests.chaos $(ROUNDS)

bench: .venv-bench/ready ## the figures, each a ratio of two things measured in one run
	@$(BENCH)/python -m tests.benchmarks

lint: .venv/tests ## format and lint check, types
	@$(BIN)/ruff format --check . && $(BIN)/ruff check . && $(BIN)/mypy

docs: .venv/runs ## write api_docs/openapi.json and the generated pages of the guide
	@$(BIN)/python -m api_docs

clean: ## remove the environments and the demo's data
	rm -rf .venv .venv-bench instance

.venv/runs: requirements.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "安装运行所需的软件包（约一分钟）……"
	@$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/tests: requirements-dev.txt .venv/runs
	@echo "安装测试所需的软件包（约一分钟）……"
	@$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

.venv-bench/ready: tests/benchmarks/requirements.txt requirements-dev.txt requirements.txt
	@test -x $(BENCH)/python || $(PYTHON) -m venv .venv-bench
	@$(BENCH)/pip install --quiet --disable-pip-version-check -r requirements-dev.txt -r tests/benchmarks/requirements.txt
	@touch $@
