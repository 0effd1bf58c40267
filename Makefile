# `make` lists the verbs. PORT, CITIZENS, CITY and PYTHON can be given: make demo PORT=9000

PYTHON ?= python3
PORT ?= 8000
CITIZENS ?=
CITY ?=

VENV := .venv
RUN := $(VENV)/bin
INSTALL := $(RUN)/python -m pip install --disable-pip-version-check --no-input -c deploy/constraints.txt
RECIPE := pyproject.toml deploy/constraints.txt
NPM_TESTS := tests/third_party
NPM_BENCH := bench

.DEFAULT_GOAL := help
.PHONY: help demo test parties spark fuzz e2e bench bench-servers bench-population lint types spec db constraints clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z0-9]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(VENV)/demo.stamp ## the whole city on this machine, until Ctrl-C; PORT=9000, CITIZENS=100000 and CITY=suzhou are possible
	@exec $(RUN)/xinyi demo --port $(PORT) $(if $(CITIZENS),--citizens $(CITIZENS)) $(if $(CITY),--city $(CITY))

test: $(VENV)/dev.stamp ## every test, on a real PostgreSQL; with npm, clients that others wrote too
	@$(MAKE) -s parties >/dev/null 2>&1 || echo "npm cannot install $(NPM_TESTS): clients that others wrote are not run (make parties says why)"
	$(RUN)/python -m pytest -n 3 --dist worksteal

parties: $(NPM_TESTS)/node_modules/.stamp $(NPM_BENCH)/node_modules/.stamp ## install the npm clients and providers that tests and benches run unmodified

spark: $(VENV)/spark.stamp ## install Spark (400 MB; needs a Java), which tests then hold to the same scores as DuckDB

fuzz: $(VENV)/dev.stamp ## requests made up from openapi.yaml, with a token of each role, many; FUZZ=500 for each operation is possible
	XINYI_FUZZ_EXAMPLES=$(or $(FUZZ),100) $(RUN)/python -m pytest tests/hostile/test_schemathesis.py -n 3

e2e: $(VENV)/dev.stamp ## the journeys only: a running city, by HTTP and in a browser
	$(RUN)/python -m pytest tests/e2e

bench: $(VENV)/demo.stamp $(NPM_BENCH)/node_modules/.stamp ## how fast: checks, orders and webhooks against their floors, tokens against npm oidc-provider's
	$(RUN)/python -m bench.merchant
	$(RUN)/python -m bench.webhooks
	$(RUN)/python -m bench.token_endpoint

bench-servers: $(VENV)/demo.stamp ## how fast: our app under gunicorn, granian and cheroot, in one run
	$(INSTALL) -e '.[bench]'
	$(RUN)/python -m bench.web_servers

bench-population: $(VENV)/demo.stamp ## how fast: a province re-scored, against DuckDB's plain sum; SIZE=1m (default), 5m or province
	$(RUN)/python -m bench.population --size $(or $(SIZE),1m) $(BENCH)

lint: $(VENV)/dev.stamp ## style and likely mistakes
	$(RUN)/ruff check .

types: $(VENV)/dev.stamp ## static types
	$(RUN)/mypy

spec: $(VENV)/dev.stamp ## write openapi.yaml and the reference pages of docs/ from the code
	$(RUN)/xinyi spec > openapi.yaml.new && mv openapi.yaml.new openapi.yaml
	$(RUN)/xinyi docs

db: $(VENV)/dev.stamp ## migrations: up, down, up, and no drift from the tables in the code
	$(RUN)/xinyi db check

constraints: ## pin the versions of this .venv for everyone
	{ sed -n '/^#/p' deploy/constraints.txt; $(RUN)/python -m pip freeze --exclude-editable --exclude pip | grep -v '^#'; } \
	  > deploy/constraints.new && mv deploy/constraints.new deploy/constraints.txt

clean: ## remove the environment and the demo city, its database included
	@test ! -x $(RUN)/xinyi || $(RUN)/xinyi demo --remove
	rm -rf $(VENV) var *.egg-info $(NPM_TESTS)/node_modules $(NPM_BENCH)/node_modules

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "XinYi+ needs Python 3.11 or newer; say where it is: make PYTHON=/path/to/python3"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/demo.stamp: $(RECIPE) | $(VENV)/bin/python
	$(INSTALL) -e '.[demo]'
	@touch $@

$(VENV)/dev.stamp: $(RECIPE) | $(VENV)/bin/python
	$(INSTALL) -e '.[dev,demo]'
	@touch $@ $(VENV)/demo.stamp

$(VENV)/spark.stamp: $(VENV)/dev.stamp
	$(INSTALL) -e '.[dev,demo,spark]'
	@touch $@

%/node_modules/.stamp: %/package-lock.json
	npm ci --prefix $* --ignore-scripts --no-audit --no-fund --fetch-retries=1 --loglevel=error
	@touch $@
