# Chongyang. `make` lists what can be done; docs/operations.md says more.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

VENV := .venv
PY := $(VENV)/bin/python
UV := $(VENV)/bin/uv
BROWSER := chromium-headless-shell fonts-noto-cjk fontconfig
APT := apt-get -o Acquire::http::Timeout=20 -o Acquire::Retries=1
PACKAGES := app subsidies meals care_beds shops safety outreach portal demo bench tests
export PYTHONPATH := $(CURDIR)
export FLASK_APP := app
# What Python compiles is kept in one place, also where the environment says to keep nothing: a process
# starts in a third of the time, and the tests start dozens.
export PYTHONPYCACHEPREFIX := $(CURDIR)/var/pycache
unexport PYTHONDONTWRITEBYTECODE

PYTHON ?= $(shell for name in python3 python3.13 python3.12 python3.11; do \
  if command -v $$name >/dev/null && $$name -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then echo $$name; break; fi; done)

.PHONY: help run test coverage check bench format lint types contracts drift browser mosquitto servers assets lock translations clean

help: ## this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

run: $(VENV)/.base assets ## everything, from creating the environment to serving the demonstration
	@exec $(PY) -m app.run

test: $(VENV)/.dev assets browser mosquitto servers ## the whole test suite
	@$(PY) -m tests.run $(ARGS)

coverage: $(VENV)/.dev assets browser mosquitto servers ## the whole test suite, with the floor of its coverage and the lines it did not reach
	@$(PY) -m tests.run --followed

check: $(VENV)/.dev assets format lint types contracts test ## what CI runs: format, lint, types, contracts, tests with drift

bench: $(VENV)/.dev assets mosquitto ## the measurements, each beside its reference; BENCH=name,name picks some
	@$(PY) -m bench $(BENCH)

format: $(VENV)/.dev
	@$(PY) -m ruff format --check --quiet $(PACKAGES) || { echo "Run: $(PY) -m ruff format $(PACKAGES)"; exit 1; }

lint: $(VENV)/.dev
	@$(PY) -m ruff check --quiet $(PACKAGES)

types: $(VENV)/.dev
	@$(PY) -m mypy --no-error-summary

contracts: $(VENV)/.dev
	@$(VENV)/bin/lint-imports --no-cache | tail -n 3

drift: $(VENV)/.dev ## models against migrations, which the suite does as well
	@$(PY) -m pytest -q --no-header -p no:cacheprovider tests/test_migrations.py

assets: $(VENV)/.base app/web/static/vendor/.made app/web/translations/.made

app/web/static/vendor/.made: package-lock.json app/web/vendor.py | $(VENV)/.base
	@$(PY) -m app.web.vendor
	@touch $@

app/web/translations/.made: $(wildcard app/web/translations/*/LC_MESSAGES/*.po) | $(VENV)/.base
	@$(PY) -c 'from app.web.catalogue import compile_catalogue; compile_catalogue()'
	@touch $@

browser: ## Chromium and a Chinese font for the browser tests, where apt may install them
	@if command -v chromium-headless-shell >/dev/null && fc-list 2>/dev/null | grep -i 'cjk' >/dev/null; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && $(APT) update -qq \
	  && DEBIAN_FRONTEND=noninteractive $(APT) install -y -qq --no-install-recommends $(BROWSER) >/dev/null; then echo "Installed $(BROWSER)"; \
	elif command -v chromium >/dev/null && fc-list 2>/dev/null | grep -i 'cjk' >/dev/null; then :; \
	else echo "Browser tests need a browser and a font: apt-get install $(BROWSER)"; fi

mosquitto: ## the MQTT broker of production, for its tests and measurements, where apt may install it
	@if command -v mosquitto >/dev/null || [ -x /usr/sbin/mosquitto ]; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && $(APT) update -qq \
	  && DEBIAN_FRONTEND=noninteractive $(APT) install -y -qq --no-install-recommends mosquitto >/dev/null; then echo "Installed mosquitto"; \
	else echo "Without mosquitto the listener is tried on the demonstration's broker alone."; fi

servers: ## nginx and PgBouncer of production, for the tests of the files in deploy/, where apt may install them
	@if [ -x /usr/sbin/nginx ] && [ -x /usr/sbin/pgbouncer ]; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && $(APT) update -qq \
	  && DEBIAN_FRONTEND=noninteractive $(APT) install -y -qq --no-install-recommends nginx-light pgbouncer >/dev/null; then echo "Installed nginx and pgbouncer"; \
	else echo "Without nginx and pgbouncer their files in deploy/ are not tried."; fi

lock: $(VENV)/.dev ## renew the locked dependencies after editing requirements/*.in
	@for name in uv base dev node; do \
	  $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --upgrade requirements/$$name.in -o requirements/$$name.txt; done

translations: $(VENV)/.dev ## collect new texts into the catalogue, then translate them in the .po file
	@$(PY) -m app.web.catalogue

clean: ## remove what was installed and made (never var/, which holds data)
	rm -rf $(VENV) node_modules app/web/static/vendor app/web/translations/.made

$(VENV)/.uv: requirements/uv.txt
	@[ -n "$(PYTHON)" ] || { echo "Chongyang needs Python 3.11 or later: apt-get install python3"; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { echo "Chongyang needs Python's venv module: apt-get install python3-venv"; exit 1; }
	@echo "Creating the environment in $(VENV)"
	@$(PYTHON) -m venv --clear $(VENV)
	@$(PY) -m pip --quiet --disable-pip-version-check install --require-hashes -r requirements/uv.txt
	@touch $@

$(VENV)/.base: $(VENV)/.uv requirements/base.txt
	@echo "Installing what the product runs on"
	@$(UV) pip install --quiet --python $(PY) --require-hashes -r requirements/base.txt
	@touch $@

$(VENV)/.dev: $(VENV)/.base requirements/dev.txt
	@echo "Installing what the tests need"
	@$(UV) pip install --quiet --python $(PY) --require-hashes -r requirements/dev.txt
	@touch $@
