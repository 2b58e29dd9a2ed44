# Everything that one does with a checkout. Each target first makes what it needs, once: .venv/, graphiql/dist/ and web/dist/.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input
APP_ROOMS := $(wildcard schema resolvers domain loaders planner database models storage server migrations demo)
GRAPHIQL := graphiql/dist/index.html
WEB := web/dist/index.html
LOCKS := app local dev
# The pages take npm, and are built for the tests only where some of them may show one: not for ARGS=tests/domain.
PAGES := $(GRAPHIQL) $(WEB)
TESTS_OF_PAGES := tests/browser% tests/security% tests/hostile%
PAGES_OF_TESTS := $(if $(filter tests/%,$(ARGS)),$(if $(filter $(TESTS_OF_PAGES),$(ARGS)),$(PAGES)),$(PAGES))

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test hostile deep restore-drill soak failover rolling-restart older-release conformance bench lint format lock schema operations-sql sbom graphiql web docs kit clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(VENV)/.local $(PAGES) ## Serve Ficha with embedded servers and demo data (PORT=8000)
	@$(BIN)/ficha serve

test: $(VENV)/.dev $(PAGES_OF_TESTS) ## Run the tests, without the long proofs of make deep; ARGS are pytest's, as in make test ARGS=tests/server
	@$(BIN)/python -m pytest $(ARGS)

hostile: $(VENV)/.dev $(PAGES) ## Attack a running Ficha and print how long others wait
	@$(BIN)/python -m pytest -m hostile -n 0 -s $(ARGS)

deep: $(VENV)/.dev ## Run the long proofs whole, such as every edge of every input
	@$(BIN)/python -m pytest -m deep $(ARGS)

restore-drill: $(VENV)/.dev ## Rehearse a restore whole: back up under load, lose everything, restore to an instant, check, compare
	@$(BIN)/python -m pytest -n 0 -m "deep or not deep" tests/faults/test_restore.py $(ARGS)

soak: $(VENV)/.dev ## Have everything fail under load for an hour; ARGS="--minutes 5 --seed 7" for less
	@$(BIN)/python -m tests.faults.soak $(ARGS)

failover: $(VENV)/.dev ## Kill PostgreSQL under Patroni twenty times while clients write, and print what they noticed
	@$(BIN)/python -m pytest -m 'deep or not deep' -n 0 -s tests/faults/test_failover.py $(ARGS)

rolling-restart: $(VENV)/.dev ## Restart processes one after the other under 10,000 requests, of which none is lost
	@$(BIN)/python -m pytest -n 0 -m deep tests/server/test_workers.py $(ARGS)

older-release: $(VENV)/.dev ## Serve the release before this one on the newer schema, also beside this one, and run its tests of its operations there
	@$(BIN)/python -m pytest -n 0 -m 'deep or not deep' tests/server/test_older_release.py tests/server/test_two_releases.py $(ARGS)

bench: $(VENV)/.dev ## Measure Ficha beside a peer on Node.js; ARGS=--quick for two minutes on little data
	@$(BIN)/python -m bench $(ARGS)
	@$(BIN)/python -m bench.writes $(filter --quick,$(ARGS))
	@$(BIN)/python -m bench.fanout $(filter --quick,$(ARGS))
	@$(BIN)/python -m bench.cold $(filter --quick,$(ARGS))
	@$(if $(filter --quick,$(ARGS)),,$(BIN)/python -m bench.hunt)

conformance: $(VENV)/.dev $(GRAPHIQL) ## Run the field's own suites, gateways and clients, from npm, on the live server
	@$(BIN)/python conformance/install.py
	@$(BIN)/python -m pytest -m conformance $(ARGS)

lint: $(VENV)/.dev ## Check style, types of what changed, the rooms' imports, and what was forgotten; ARGS=--all for all types, as CI does
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/python .ci/typecheck.py $(ARGS)
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/python -m tests.house.forgotten

format: $(VENV)/.dev ## Put the code into its form
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

lock: $(VENV)/.dev ## Pin anew what requirements/*.in name, at the newest versions
	@for name in $(LOCKS); do \
		$(BIN)/uv pip compile --quiet --no-config --universal --python-version 3.11 --generate-hashes --upgrade \
			--no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock' \
			$$(test $$name = app || echo --constraints requirements/app.txt) \
			requirements/$$name.in --output-file requirements/$$name.txt || exit 1; \
	done

schema: $(VENV)/.dev ## Print the GraphQL schema into schema.graphql, subgraph.graphql and subgraph.access.graphql, and what is new in it
	@$(BIN)/python -m tests.schema.codes
	@$(BIN)/ficha schema > schema.graphql.new && mv schema.graphql.new schema.graphql
	@$(BIN)/ficha schema --subgraph > subgraph.graphql.new && mv subgraph.graphql.new subgraph.graphql
	@$(BIN)/ficha schema --access > subgraph.access.graphql.new && mv subgraph.access.graphql.new subgraph.access.graphql
	@$(BIN)/python -m tests.schema.changes

operations-sql: $(VENV)/.local ## Write the SQL of the canonical operations anew, to be reviewed
	@$(BIN)/python -m server.execution.explain

sbom: $(VENV)/.dev ## List what the image holds of others: sbom/ (CycloneDX) and NOTICE
	@$(BIN)/python -m deploy.sbom

graphiql: $(GRAPHIQL) ## Build GraphiQL from its npm packages

web: $(WEB) ## Build the client page from its npm packages

docs: $(VENV)/.dev ## Write the guides as a site into site/html/
	@$(BIN)/python docs/site/build.py

kit: $(VENV)/.local ## Build the package for front ends in clients/typescript
	@$(BIN)/python clients/typescript/build.py

clean: ## Remove what the targets made, except the data in .ficha/
	rm -rf $(VENV) sbom site deploy/node_modules graphiql/dist graphiql/node_modules web/dist web/node_modules clients/typescript/dist clients/typescript/node_modules clients/typescript/src/generated clients/typescript/operations.json conformance/node_modules conformance/provider/node_modules examples/federation/node_modules .pytest_cache .ruff_cache .pyright_cache .hypothesis
	find $(APP_ROOMS) tests -name __pycache__ -prune -exec rm -rf {} +

# Set-up, in steps that are done once: a stamp is newer than what its step was made from.

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11, 1))' \
		|| { echo "Ficha needs Python 3.11.1 or later: make PYTHON=/path/to/python3.11 …" >&2; exit 1; }
	@echo "Setting up $(VENV) …"
	@$(PYTHON) -m venv --clear $(VENV)
	@touch $@

$(VENV)/.local: $(VENV)/.made requirements/local.txt pyproject.toml
	@$(PIP) --require-hashes --requirement requirements/local.txt
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.local requirements/dev.txt
	@$(PIP) --require-hashes --requirement requirements/dev.txt
	@touch $@

$(GRAPHIQL): $(VENV)/.local graphiql/package.json graphiql/package-lock.json graphiql/build.py graphiql/build.mjs $(wildcard graphiql/src/*)
	@echo "Building GraphiQL …"
	@$(BIN)/python graphiql/build.py
	@touch $@

# What it is made from is named by web/build.py, which does nothing where all of it is as it was.
WEB_SOURCES := $(wildcard web/*.* web/src/*.* web/src/*/*.* clients/typescript/*.mjs clients/typescript/src/*.ts operations/*.graphql operations/*/*.graphql) schema.graphql graphiql/src/session.js
$(WEB): $(VENV)/.local graphiql/build.py $(WEB_SOURCES)
	@echo "Building the client page …"
	@$(BIN)/python web/build.py
	@touch $@
