# Every act of the project. `make help` lists them.
SHELL := /bin/sh
.DEFAULT_GOAL := help
PYTHON := .venv/bin/python

.PHONY: help services services-stop

help: ## Shows this list.
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-18s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

services: ## Starts the test servers in the background (PostgreSQL, Valkey, RabbitMQ).
	@$(PYTHON) -m deploy.local.services start

services-stop: ## Stops the test servers.
	@$(PYTHON) -m deploy.local.services stop
