# Every act of the project. `make help` lists them.
SHELL := /bin/sh
.DEFAULT_GOAL := help
HOST_PYTHON := $(shell command -v python3.11 || command -v python3)
PYTHON := .venv/bin/python
# Compiled modules are kept, whatever the shell says: starting takes seconds less.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo demo-reset demo-contract test test-long fast bench check coverage-of-spec \
	schema services services-stop lock environment environment-test

# A failed recipe makes make exit with 2, and the contract promises 1: that is what -q answers for anything not done.
ifeq ($(MAKECMDGOALS),demo-contract)
ifneq ($(shell $(HOST_PYTHON) deploy/local/contract.py --look && echo runs),runs)
MAKEFLAGS += q
endif
endif

help: ## Shows this list.
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-18s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: environment ## Runs Potluck with its demo data (PORT=8000 EDGE_PORT=8001); Ctrl-C stops it.
	@exec setpriv --pdeathsig TERM $(PYTHON) -m deploy.local.demo run

demo-reset: environment ## Wipes the demo's data; the next `make demo` starts over.
	@$(PYTHON) -m deploy.local.demo reset

demo-contract: ## Prints what scripts need to know about the running demo, as one JSON object.
	@$(HOST_PYTHON) deploy/local/contract.py

test: ## Installs what the tests need, starts the test servers, runs everything, stops them.
	@$(HOST_PYTHON) deploy/local/packages.py test
	@$(HOST_PYTHON) deploy/local/environment.py test
	@$(PYTHON) -m deploy.local.testing test

test-long: ## The same with the full counts (some minutes more).
	@$(HOST_PYTHON) deploy/local/packages.py test
	@$(HOST_PYTHON) deploy/local/environment.py test
	@POTLUCK_LONG=1 $(PYTHON) -m deploy.local.testing test

fast: environment-test ## Runs the tests that need no server.
	@POTLUCK_NO_SERVERS=1 $(PYTHON) -m pytest -q

bench: ## Measures against the yardsticks on durable servers; writes bench/results.json.
	@$(HOST_PYTHON) deploy/local/packages.py bench
	@$(HOST_PYTHON) deploy/local/environment.py test
	@$(PYTHON) -m deploy.local.testing bench

check: environment-test ## Format, lint, types, contracts, templates, migrations, schema, dependencies, front end, fast tests.
	@$(PYTHON) -m deploy.local.checks

coverage-of-spec: environment-test ## Compares docs/spec-status.md with what the tests say they prove.
	@$(PYTHON) -m deploy.local.spec

schema: environment-test ## Writes docs/api/openapi.yaml anew from the code.
	@ENVIRONMENT=test $(PYTHON) -m deploy.local.schema

services: environment-test ## Starts the test servers in the background (PostgreSQL, Valkey, RabbitMQ, Kafka).
	@$(PYTHON) -m deploy.local.services start

services-stop: ## Stops the test servers.
	@$(PYTHON) -m deploy.local.services stop

lock: ## Writes the hashed locks anew from pyproject.toml.
	@$(PYTHON) -m uv pip compile --quiet --generate-hashes --no-emit-index-url --universal --no-header \
		pyproject.toml -o requirements.txt
	@$(PYTHON) -m uv pip compile --quiet --generate-hashes --no-emit-index-url --universal --no-header \
		--extra dev -c requirements.txt pyproject.toml -o requirements-dev.txt

environment:
	@$(HOST_PYTHON) deploy/local/environment.py demo

environment-test:
	@$(HOST_PYTHON) deploy/local/environment.py test
