# Convolution from First Principles: every command of the project.
# All paths are relative, so the project may live in a folder with a space in its name.

PYTHON ?= python3
PORT ?= 8000
# notebooks to write: make notebooks ONLY=01-sequences (default: all)
ONLY ?=

BIN := .venv/bin
PY := $(BIN)/python
READY := .venv/.ready
FRAMEWORKS := .venv-frameworks
BUILT := _build/html/.built
SOURCES := index.md _config.yml _toc.yml requirements.txt \
	$(wildcard chapters/*.ipynb chapters/*.md chapters/*.bib) \
	$(wildcard chapters/programs/*.py) \
	$(shell find convlib assets tools -type f -not -name '*.pyc')

# the notebooks whose metadata ask for that environment (of those named, else all)
NEEDING := tools/notebooks.py --needing frameworks

.PHONY: help book serve test frameworks wheel bench lab notebooks mutants equations lint format clean
.DELETE_ON_ERROR:

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

book: $(BUILT) ## build the book, every warning fatal, and print where to open it
	@echo "The book is ready. Open this file in a browser:"
	@echo "$(CURDIR)/_build/html/index.html"

serve: $(BUILT) ## serve the built book on localhost (PORT=8000)
	@echo "http://localhost:$(PORT)/ (stop with Ctrl-C)"
	@$(PY) -m http.server $(PORT) --bind 127.0.0.1 --directory _build/html

test: lint $(BUILT) ## run every test: library, doctests, notebooks, hygiene, built pages
	$(PY) -m pytest -n 2 --dist loadfile --no-loadscope-reorder --nbval convlib chapters tests \
		--cov=convlib --cov-fail-under=95

frameworks: $(FRAMEWORKS)/.ready ## run the notebooks and tests that need PyTorch, Keras and ONNX Runtime
	@names=$$($(FRAMEWORKS)/bin/python $(NEEDING)) && \
		$(FRAMEWORKS)/bin/python -m pytest --nbval $$names tests/frameworks

wheel: $(READY) ## build the package, install it elsewhere, and test it there
	$(PY) -m pytest -m wheel tests/wheel

bench: $(FRAMEWORKS)/.ready ## race the layers against PyTorch's: prints ratios of times, tests nothing
	@$(FRAMEWORKS)/bin/python -m benchmarks.layers

lab: .venv-lab/.ready ## open the notebooks in JupyterLab, with the book's Markdown rendered
	@test ! -f $(FRAMEWORKS)/.ready || $(FRAMEWORKS)/bin/python -m ipykernel install \
		--prefix .venv-lab --name frameworks --display-name "Python 3 with PyTorch and Keras" >/dev/null 2>&1
	@.venv-lab/bin/python -m jupyterlab chapters

notebooks: $(READY) ## execute the notebooks and save them in normal form (ONLY=01 for one)
	@test -z "$(ONLY)" || test -z "$$($(PY) $(NEEDING) $(ONLY) 2>/dev/null)" || \
		$(MAKE) --no-print-directory $(FRAMEWORKS)/.ready
	@$(PY) tools/notebooks.py $(ONLY)

mutants: $(READY) ## break convlib on purpose, many times: each mutant must fail a test
	$(PY) tests/mutants.py

equations: $(READY) ## print which labelled equations are verified
	@$(PY) -m convlib.teach.equations.coverage chapters

lint: $(READY) ## check style and types
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check .
	@$(PY) -m mypy --no-error-summary

format: $(READY) ## bring the code into the house style
	@$(BIN)/ruff check --quiet --fix-only .
	@$(BIN)/ruff format .

clean: ## delete what was built and cached (the environments stay)
	rm -rf _build .pytest_cache .mypy_cache .ruff_cache .coverage .coverage.* build *.egg-info

# --- what the commands above stand on -----------------------------------------------------

# A stamp holds the folder that its environment was made in: an environment cannot be moved.
define unless_moved
ifneq ("$(shell cat $(1) 2>/dev/null)","$(CURDIR)")
$(1): moved
endif
endef
$(eval $(call unless_moved,$(READY)))
$(eval $(call unless_moved,$(FRAMEWORKS)/.ready))
.PHONY: moved
moved:

define need_python
	@command -v "$(PYTHON)" >/dev/null || { \
		echo "Missing: $(PYTHON). Install Python 3.11 or newer, or name one: make PYTHON=/path/to/python3"; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Missing: Python 3.11 or newer ($(PYTHON) is older). Name one: make PYTHON=/path/to/python3"; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "Missing: Python's venv module. On Debian and Ubuntu: apt install python3-venv"; exit 1; }
endef
PIP_INSTALL := -m pip install --quiet --disable-pip-version-check

$(READY): requirements.txt pyproject.toml
	$(need_python)
	@echo "Making the environment in .venv (once, about a minute) ..."
	@"$(PYTHON)" -m venv --clear .venv
	@$(PY) $(PIP_INSTALL) -r requirements.txt
	@$(PY) $(PIP_INSTALL) --no-deps --no-build-isolation -e .
	@echo "$(CURDIR)" > $(READY)

# PyTorch first and alone: it is what pip does not find everywhere.
$(FRAMEWORKS)/.ready: requirements-frameworks.txt requirements.txt pyproject.toml
	$(need_python)
	@echo "Making the environment with PyTorch in $(FRAMEWORKS) (once, some minutes) ..."
	@"$(PYTHON)" -m venv --clear $(FRAMEWORKS)
	@grep '^torch==' requirements-frameworks.txt > $(FRAMEWORKS)/torch.txt
	@$(FRAMEWORKS)/bin/python $(PIP_INSTALL) --no-deps -r $(FRAMEWORKS)/torch.txt 2>$(FRAMEWORKS)/pip.log || { \
		echo "Missing: PyTorch's CPU build. README.md says how pip finds it; $(FRAMEWORKS)/pip.log, what pip said."; exit 1; }
	@$(FRAMEWORKS)/bin/python $(PIP_INSTALL) -r requirements-frameworks.txt
	@$(FRAMEWORKS)/bin/python $(PIP_INSTALL) --no-deps --no-build-isolation -e .
	@echo "$(CURDIR)" > $(FRAMEWORKS)/.ready

# JupyterLab stands in an environment of its own, so that the pinned one stays as it is;
# its notebooks run on the pinned one.
.venv-lab/.ready: $(READY) requirements-lab.txt
	@echo "Making JupyterLab's environment in .venv-lab (once) ..."
	@$(PY) -m venv .venv-lab
	@.venv-lab/bin/python $(PIP_INSTALL) -r requirements-lab.txt
	@$(PY) -m ipykernel install --prefix .venv-lab --name python3 --display-name "Python 3" \
		>/dev/null 2>&1 || { echo "The kernel could not be made known to JupyterLab."; exit 1; }
	@touch .venv-lab/.ready

# Always from nothing: an incremental build does not notice a change in convlib and hides
# warnings that it printed before.
$(BUILT): $(SOURCES) $(READY)
	@rm -rf _build
	@$(BIN)/jupyter-book build . -W -n --keep-going
	@touch $(BUILT)
