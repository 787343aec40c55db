# Everything that is done to this project, with make and a Python of 3.11 or newer alone.
#
#   PYTHON        the interpreter to build .venv from; without it, the first fitting one is taken
#   PORT          where `make run` serves (8000)
#   COSTBOT_HOME  the folder of the store and the mart (.costbot)
#   PYTEST        more for pytest: make test PYTEST='tests/house -k lock'
#   BENCH         more for the benchmarks
#   UPGRADE       make lock UPGRADE=1: also take the newest of what pyproject.toml does not pin

.DEFAULT_GOAL := help
SHELL := /bin/sh
MAKEFLAGS += --no-print-directory

PORT ?= 8000
UV := uv==0.13.8
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input install -qq
# Wheels only: nothing that is downloaded is run in order to install it, and all of it is hashed.
LOCKED := --require-hashes --only-binary=:all:
COMPILE := .venv-lock/bin/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 \
	--generate-hashes --no-header --no-annotate --no-emit-index-url $(if $(UPGRADE),--upgrade)

# A caller's paths would let foreign packages shine through into .venv.
unexport PYTHONPATH PYTHONHOME
# Without its bytecode every process would compile costbot anew, and pytest all tests.
unexport PYTHONDONTWRITEBYTECODE

# An environment knows absolute paths: it is made anew where the checkout was moved or its Python went.
ifneq ($(shell test -x .venv/bin/python && cat .venv/made-in),$(CURDIR))
.PHONY: .venv/made-in
endif

.PHONY: help
help: ## say what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

.PHONY: install
install: .venv/installed ## make .venv, with .venv/bin/costbot in it
	@:

.PHONY: run
run: install ## serve on PORT with sample data and the playground, a Slack on this machine
	@$(BIN)/costbot sample --if-needed
	@exec $(BIN)/costbot serve --playground --port "$(PORT)"

.PHONY: test
test: .venv/developing ## run all tests
	@$(BIN)/pytest --numprocesses=auto --maxprocesses=4 --dist=worksteal $(PYTEST)

.PHONY: check
check: .venv/developing ## check lint, format, types and architecture
	@failed=0; \
	$(BIN)/ruff check . || failed=1; \
	$(BIN)/ruff format --check . || failed=1; \
	$(BIN)/basedpyright || failed=1; \
	$(BIN)/lint-imports --no-logo || failed=1; \
	exit $$failed

.PHONY: bench
bench: .venv/developing ## run the benchmarks
	@$(BIN)/python -m benchmarks $(BENCH)

.PHONY: format
format: .venv/developing ## put the code in order
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .

.PHONY: lock
lock: .venv-lock/made ## pin and hash what pyproject.toml asks for
	@$(COMPILE) --group build --output-file requirements.txt
	@$(COMPILE) --group dev --constraints requirements.txt --output-file requirements-dev.txt

.PHONY: clean
clean: ## remove the environments and the caches; the data stays
	@rm -rf .venv .venv-lock .pytest_cache .ruff_cache .hypothesis .import_linter_cache build dist
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/made-in:
	@$(call make_venv,.venv)
	@printf '%s\n' "$(CURDIR)" > $@

.venv/installed: .venv/made-in requirements.txt pyproject.toml
	@echo "Installing costbot in .venv (a minute or so the first time) …"
	@$(PIP) $(LOCKED) -r requirements.txt
	@$(PIP) --no-deps --no-index --no-build-isolation --editable .
	@touch $@

.venv/developing: .venv/installed requirements-dev.txt
	@echo "Installing what tests and checks need …"
	@$(PIP) $(LOCKED) -r requirements-dev.txt
	@touch $@

.venv-lock/made: Makefile
	@$(call make_venv,.venv-lock)
	@.venv-lock/bin/python -m pip --disable-pip-version-check --no-input install -qq $(UV)
	@touch $@

# Each candidate is run, for a name in PATH alone says little: it may be too old, a version
# manager's placeholder, or a Debian python3 without python3-venv.
define make_venv
set -- python3.13 python3.12 python3.11 python3.14 python3 python; \
if [ -n "$(PYTHON)" ]; then set -- "$(PYTHON)"; fi; \
for python in "$$@"; do \
	if "$$python" -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; \
	then exec "$$python" -m venv --clear $(1); fi; \
done; \
echo "No Python of 3.11 or newer that can make an environment was found (tried: $$*)." >&2; \
echo "Install one (on Debian: python3 and python3-venv), or name it: make PYTHON=/path/to/python3." >&2; \
exit 1
endef
