# `make demo` sets everything up, scans the bundled phantoms and opens the viewer on them (no torch is installed).
# `make test` sets everything up and runs lint, type check, import contracts and tests.

PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
DEMO_ENV := .venv-demo
DEV_ENV := .venv-dev
PACKAGE_ENV := .venv-package
DEMO := build/demo
BIN := $(DEV_ENV)/bin
JOBS ?= 2

.PHONY: demo test endurance lint format pictures package package-test lock clean

demo: $(DEMO)/scan/scan.json
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ] || [ "$$(uname)" = Darwin ]; then \
	  $(DEMO_ENV)/bin/cxr-viewer --demo; \
	else \
	  QT_QPA_PLATFORM=offscreen $(DEMO_ENV)/bin/cxr-viewer --demo --size 1600x1000 --screenshot $(DEMO)/window.png && \
	  echo "There is no display here; a picture of the window is in $(CURDIR)/$(DEMO)/window.png"; \
	fi
	@echo "The scan's report is in $(CURDIR)/$(DEMO)/scan/report.html"

$(DEMO)/scan/scan.json: $(DEMO_ENV)/.complete $(wildcard resources/demo/* resources/models/demo/*)
	rm -rf $(DEMO)/scan && mkdir -p $(DEMO)
	$(DEMO_ENV)/bin/cxr-scan resources/demo --out $(DEMO)/scan

test: $(DEV_ENV)/.complete lint
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest -n $(JOBS) --dist worksteal -m "not endurance"

endurance: $(DEV_ENV)/.complete
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest -m endurance

lint: $(DEV_ENV)/.complete
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(DEV_ENV)/.complete
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# The pictures of the documentation, made by the program itself from simulated radiographs.
pictures: $(DEV_ENV)/.complete
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m tests.documentation_pictures docs/images

# What people install, into dist/: packaging/README.md. CXR_BUILD=cuda builds the variant with torch.
package: $(PACKAGE_ENV)/.complete
	PYTHONPATH=packaging $(PACKAGE_ENV)/bin/python -m installers.build

# Installs what is in dist/ in a clean Debian and uses it there; needs root.
package-test: $(PACKAGE_ENV)/.complete
	PYTHONPATH=packaging $(PACKAGE_ENV)/bin/python -m package_test

# All environments are installed from hash-locked lists; a changed list or pyproject.toml installs again.
$(DEMO_ENV)/.complete: requirements/viewer.txt pyproject.toml | build/packages-viewer
	$(call environment,$(DEMO_ENV),requirements/viewer.txt)

$(DEV_ENV)/.complete: requirements/dev.txt pyproject.toml | build/packages-test
	$(call environment,$(DEV_ENV),requirements/dev.txt)

# A target of its own, so that a Python which these packages bring is found by what comes after.
build/packages-%: packaging/linux/system_packages.sh
	packaging/linux/system_packages.sh $*
	@mkdir -p build && touch $@

# The program is frozen from the checkout, so it is not installed here.
$(PACKAGE_ENV)/.complete: requirements/package.txt | build/packages-package
	$(PYTHON) -m venv $(PACKAGE_ENV)
	$(PACKAGE_ENV)/bin/python -m pip install -q --require-hashes -r requirements/package.txt
	touch $@

define environment
@if [ -z "$(PYTHON)" ]; then echo "Python 3.11 or newer is needed; install it or name it: make PYTHON=/path/to/python" >&2; exit 1; fi
$(PYTHON) -m venv $(1)
$(1)/bin/python -m pip install -q --require-hashes -r $(2)
$(1)/bin/python -m pip install -q --no-deps -e .
touch $(1)/.complete
endef

# Renews the locked lists (needs uv). They hold names, versions and hashes, no hosts.
lock:
	for list in viewer dev; do \
	  uv pip compile pyproject.toml --extra $$list --universal --python-version 3.11 --generate-hashes --upgrade \
	    --no-annotate --no-header -q -o requirements/$$list.txt; \
	done
	uv pip compile pyproject.toml --extra package --universal --python-version 3.11 --generate-hashes \
	  -c requirements/viewer.txt --no-annotate --no-header -q -o requirements/package.txt

clean:
	rm -rf build dist $(DEMO_ENV) $(DEV_ENV) $(PACKAGE_ENV)
