# The two commands to know: `make demo` and `make test`. Everything is made in .venv, .venv-rivals and node_modules; nothing is
# installed outside them, system packages for the tests and benchmarks aside, and those only where apt-get may.

PYTHON ?= python3
BIN := .venv/bin
# a package, and after = its command, if that has another name
PACKAGES := jq zsh fish openssl npm wrk awscli=/usr/bin/aws
NODE := tests/server/node
.DEFAULT_GOAL := test

.PHONY: demo test test-long docs benchmarks lint system-packages clean

demo: .venv/installed ## The main job on a real file, in a throw-away vault.
	PATH="$(CURDIR)/$(BIN):$$PATH" docs/demo.sh

test: .venv/developing system-packages $(NODE)/node_modules/.package-lock.json lint ## Linters, types, import contracts, and every test but the long ones.
	$(BIN)/pytest -n 2 -m "not long"

test-long: .venv/developing system-packages ## The tests that take minutes, then the benchmarks.
	$(BIN)/pytest -n 2 -m long
	$(MAKE) benchmarks

lint: .venv/developing
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: .venv/developing ## All that is generated: the operation index, completions, man pages, docs/commands.
	$(BIN)/python docs/generate

benchmarks: .venv/developing .venv-rivals/installed system-packages ## The design's budgets, as ratios.
	for benchmark in benchmarks/*.py; do $(BIN)/python "$$benchmark" || exit 1; done

.venv/bin/python:
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --upgrade pip

.venv/installed: .venv/bin/python pyproject.toml
	$(BIN)/pip install --quiet --disable-pip-version-check --editable .
	touch $@

.venv/developing: .venv/installed
	$(BIN)/pip install --quiet --disable-pip-version-check --group dev
	touch $@

.venv-rivals/installed: pyproject.toml
	$(PYTHON) -m venv .venv-rivals
	.venv-rivals/bin/pip install --quiet --disable-pip-version-check --upgrade pip
	.venv-rivals/bin/pip install --quiet --disable-pip-version-check --group rivals
	touch $@

$(NODE)/node_modules/.package-lock.json: $(NODE)/package-lock.json | system-packages
	npm ci --prefix $(NODE) --silent --no-audit --no-fund
	touch $@

system-packages:
	@missing=; for package in $(PACKAGES); do command -v $${package#*=} > /dev/null || missing="$$missing $${package%=*}"; done; \
	if [ -n "$$missing" ] && command -v apt-get > /dev/null && [ "$$(id -u)" = 0 ]; then \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $$missing > /dev/null \
			|| echo "not installed:$$missing (what needs them is left out)"; \
	fi

clean:
	rm -rf .venv .venv-rivals $(NODE)/node_modules build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
