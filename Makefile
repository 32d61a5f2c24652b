# SPDX-License-Identifier: GPL-3.0-or-later
# Everything that these commands write goes into .ansible/, $(VENV)/ and tests/output/.

PYTHON ?= python3
VENV ?= .venv
ANSIBLE_CORE ?= ansible-core>=2.16
JOBS ?= 2

BIN := $(abspath $(VENV))/bin
TREE := .ansible/ansible.cfg
RUN := $(BIN)/python tools/check.py --jobs $(JOBS)

LC_ALL ?= C.UTF-8
export LC_ALL
# A user's own settings and credentials have no part in a test.
export ANSIBLE_CONFIG := $(CURDIR)/.ansible/ansible.cfg
export ANSIBLE_HOME := $(CURDIR)/.ansible/user
unexport TOGGL_API_TOKEN TOGGL_FOCUS_API_TOKEN TOGGL_FOCUS_USERNAME TOGGL_FOCUS_PASSWORD
unexport TOGGL_FOCUS_WORKSPACE_ID TOGGL_FOCUS_API_URL TOGGL_FOCUS_API_TIMEOUT TOGGL_FOCUS_JOURNAL
unexport FAULTS_LONG

.DEFAULT_GOAL := help
.PHONY: help env demo test lint unit http contract e2e docs guides sanity integration awx galaxy molecule \
  bench faults matrix live build clean

help: ## show the commands
	@awk -F ':.*## ' '/^[a-z0-9]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile
	@echo
	@echo "  PYTHON=$(PYTHON)  VENV=$(VENV)  ANSIBLE_CORE='$(ANSIBLE_CORE)'  JOBS=$(JOBS)"

env: $(VENV)/.ready-to-test ## make the environment that the checks need

demo: $(VENV)/.ready-for-demo ## a playbook against a simulated service on this machine
	@$(BIN)/python tools/demo.py

test: env ## all checks and tests
	@$(RUN)

lint: env ## ruff, mypy, shellcheck, ansible-lint
	@$(RUN) ruff format mypy shellcheck ansible-lint

unit: env ## the rules, without processes and requests
	@$(RUN) unit

http: env ## what the modules call, and the simulator, over real HTTP
	@$(RUN) http

contract: env ## the simulator, held to the description of the API
	@$(RUN) contract

e2e: env ## the modules through ansible-playbook, against the simulator
	@$(RUN) e2e

docs: env ## the documentation as a site in .ansible/docs/html/, and its checks
	@$(RUN) docs site changelog

guides: env ## the guides, carried out as they are written
	@$(RUN) guides

sanity: env ## ansible-test sanity
	@$(RUN) sanity

integration: env ## ansible-test integration
	@$(RUN) integration

awx: env ## what AWX runs, and the objects in it
	@$(RUN) awx

galaxy: env ## the import as Galaxy does it
	@$(RUN) galaxy

molecule: env ## the scenarios of the role
	@$(RUN) molecule

bench: env ## what it costs, next to other ways (long; BENCH=--promised is shorter)
	@$(BIN)/python tools/bench.py $(BENCH)

faults: env ## thousands of seeded faults, kills and mutations (long)
	@FAULTS_LONG=1 $(RUN) faults
	@cd tests && PYTHONPATH=.:../.ansible/tree $(BIN)/python -m faults.campaign --runs 2000 --seed 1
	@$(RUN) mutations

matrix: env ## each supported ansible-core with each Python here (long; ARGS=--write)
	@$(BIN)/python tools/matrix.py --jobs $(JOBS) $(ARGS)

# The environment is made by a make of its own, so that pip does not see the key.
live: export TOGGL_FOCUS_API_TOKEN := $(value TOGGL_FOCUS_API_TOKEN)
live: export TOGGL_FOCUS_WORKSPACE_ID := $(value TOGGL_FOCUS_WORKSPACE_ID)
live: export TOGGL_FOCUS_API_URL := $(value TOGGL_FOCUS_API_URL)
live: ## ask the real service what nobody has said (needs consent; ARGS=--wait)
	@$(MAKE) --no-print-directory env
	@$(BIN)/python tools/live.py $(ARGS)

build: $(VENV)/.ready-for-demo ## the archive for users, in .ansible/build/
	@$(BIN)/python tools/build.py

clean: ## remove what these commands made
	rm -rf .ansible .venv .venv[0-9]* .hypothesis tests/output tests/integration/inventory \
	  tests/integration/integration_config.yml

$(TREE): tools/tree.sh
	@sh tools/tree.sh

$(VENV)/.ready-for-demo: requirements.txt tests/simulator/requirements.txt | $(TREE)
	@sh tools/environment.sh '$(PYTHON)' '$(VENV)' '$(ANSIBLE_CORE)' \
	  -r requirements.txt -r tests/simulator/requirements.txt
	@touch $@

$(VENV)/.ready-to-test: $(VENV)/.ready-for-demo requirements-dev.txt
	@sh tools/environment.sh '$(PYTHON)' '$(VENV)' '$(ANSIBLE_CORE)' -r requirements-dev.txt
	@touch $@
