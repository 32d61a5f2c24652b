# SPDX-License-Identifier: GPL-3.0-or-later
# Everything that these commands write goes into .ansible/, $(VENV)/ and tests/output/.

ifndef PYTHON
PYTHON := $(shell command -v python3)
endif
VENV ?= .venv
ANSIBLE_CORE ?= ansible-core>=2.16
JOBS ?= 4

BIN := $(abspath $(VENV))/bin
TREE := .ansible/ansible.cfg
# Interpreters for the matrix: what pyenv puts on PATH by itself are placeholders.
PYTHONS := $(wildcard $(shell pyenv root 2>/dev/null)/versions/*/bin $(shell uv python dir 2>/dev/null)/*/bin)
EMPTY :=
export PATH := $(subst $(EMPTY) $(EMPTY),:,$(BIN) $(PYTHONS)):$(PATH)

# No colours; no proxy between tests and simulator.
CHECK := env -u FORCE_COLOR NO_COLOR=1 ANSIBLE_NOCOLOR=1 PY_COLORS=0 \
  NO_PROXY="127.0.0.1,localhost,$$NO_PROXY" no_proxy="127.0.0.1,localhost,$$no_proxy" $(BIN)/pytest -q
# One process a file, so that what a file shares is made once.
BESIDE := -n $(JOBS) --dist loadfile --no-loadscope-reorder

LC_ALL ?= C.UTF-8
export LC_ALL
# A user's own settings and credentials have no part in a test.
export ANSIBLE_CONFIG := $(CURDIR)/.ansible/ansible.cfg
export ANSIBLE_HOME := $(CURDIR)/.ansible/user
unexport TOGGL_API_TOKEN TOGGL_FOCUS_API_TOKEN TOGGL_FOCUS_USERNAME TOGGL_FOCUS_PASSWORD
unexport TOGGL_FOCUS_WORKSPACE_ID TOGGL_FOCUS_API_URL TOGGL_FOCUS_API_TIMEOUT TOGGL_FOCUS_JOURNAL
unexport FAULTS_LONG PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help env demo simulator docs test ci slow lint unit coverage bench faults failure-rules mutations matrix \
  live build clean

help: ## show the commands
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile
	@echo
	@echo "  PYTHON=$(PYTHON)  VENV=$(VENV)  ANSIBLE_CORE='$(ANSIBLE_CORE)'  JOBS=$(JOBS)"

env: $(VENV)/.ready-to-test ## make the environment that the checks need

demo: $(VENV)/.ready-for-demo ## a playbook against a simulated service on this machine
	@PYTHONPATH=tests $(BIN)/python -m tools.demo

simulator: $(VENV)/.ready-for-demo ## a simulated service for your own playbooks, until Ctrl-C
	@echo "It answers until Ctrl-C is pressed." >&2
	@PYTHONPATH=tests $(BIN)/python -m simulator $(or $(ARGS),--client Acme --client Globex)

docs: env ## the documentation as a site, in .ansible/docs/html/
	@$(BIN)/python -m tools.docs

test: env ## what finds a mistake here; run it before you push (ARGS=tests/e2e, ARGS='-k NAME')
	@$(CHECK) $(BESIDE) --durations=15 --junitxml=.ansible/logs/test.xml $(ARGS)

ci: test slow ## all checks and tests

# The newest end of the matrix runs sanity.
slow: env ## what ci has beside test: other environments, molecule, Galaxy, ansible-test (ARGS='-k molecule')
	@$(CHECK) $(BESIDE) --dist load --deselect tests/slow/test_ansible_test.py::test_sanity \
	  --durations=0 --durations-min=1 --junitxml=.ansible/logs/slow.xml tests/slow $(ARGS)

lint: env ## style, types, licences, and which room must not know which (ARGS='-k ruff')
	@$(CHECK) tests/checks/test_lint.py tests/checks/test_rooms.py \
	  tests/slow/test_tools.py::test_a_tool_has_no_complaint $(ARGS)

unit: env ## the rules, without processes and requests
	@$(CHECK) $(BESIDE) tests/unit

coverage: env ## the lines that no single case of unit and http reaches
	@$(CHECK) $(BESIDE) -m 'not hypothesis' tests/unit tests/http --cov

bench: env ## what it costs, next to other ways (20 minutes)
	@$(BIN)/python -m benchmarks $(BENCH)

faults: env ## thousands of seeded faults, kills and failure-rules (long)
	@FAULTS_LONG=1 $(CHECK) $(BESIDE) tests/faults
	@cd tests && PYTHONPATH=.:../.ansible/tree $(BIN)/python -m faults.campaign --runs 10000 --seed 1
	@$(MAKE) --no-print-directory failure-rules

failure-rules: env ## each row of the table of failures taken out of a copy: tests must notice (long)
	@$(CHECK) $(BESIDE) --dist load tests/faults/mutations.py $(ARGS)

mutations: env ## each change to the pure rooms, and whether a unit test notices (long; ROOMS=guards)
	@$(BIN)/python tests/mutants/run.py --jobs $(JOBS) $(ROOMS)

matrix: env ## each supported ansible-core with each Python here (long)
	@$(BIN)/nox --session matrix candidate

# The environment is made by a make of its own, so that pip does not see the key.
live: export TOGGL_FOCUS_API_TOKEN := $(value TOGGL_FOCUS_API_TOKEN)
live: export TOGGL_FOCUS_WORKSPACE_ID := $(value TOGGL_FOCUS_WORKSPACE_ID)
live: export TOGGL_FOCUS_API_URL := $(value TOGGL_FOCUS_API_URL)
live: ## probe the real API (needs consent; call it again for the rest)
	@$(MAKE) --no-print-directory env
	@$(BIN)/pytest -q -s --tb=short -m live tests/live $(ARGS)

build: $(VENV)/.ready-for-demo ## the archive for users, in .ansible/build/
	@$(BIN)/ansible-galaxy collection build --force --output-path .ansible/build

clean: ## remove what these commands made
	rm -rf .ansible .venv .venv[0-9]* .hypothesis tests/output tests/integration/inventory \
	  tests/integration/integration_config.yml

$(TREE): tools/tree.sh
	@sh tools/tree.sh

$(VENV)/.ready-for-demo: requirements.txt tests/simulator/requirements.txt | $(TREE)
	@sh tools/environment.sh '$(PYTHON)' '$(VENV)' '$(ANSIBLE_CORE)' \
	  -r requirements.txt -r tests/simulator/requirements.txt
	@touch $@

$(VENV)/.ready-to-test: $(VENV)/.ready-for-demo requirements-dev.txt tests/requirements.txt
	@sh tools/environment.sh '$(PYTHON)' '$(VENV)' '$(ANSIBLE_CORE)' -r requirements-dev.txt
	@touch $@
