# Graft. `make lab` opens the lessons, `make test` tests everything; each sets up what it needs.
PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3.13 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready
# One more than a small laptop has cores: tests wait for browsers and kernels, too.
WORKERS ?= 3
LAB_FLAGS ?= $(if $(filter 0,$(shell id -u)),--allow-root)
LESSONS := $(sort $(wildcard notebooks/[0-9][0-9]_*.ipynb))
export GRAFT_SHARED ?= ../shared

.PHONY: lab test papermill lessons photos bench lint clean
.DEFAULT_GOAL := lab

lab: $(READY)  ## open the lessons in JupyterLab
	$(BIN)/jupyter lab --ServerApp.ip=127.0.0.1 --LabApp.default_url=/lab/tree/$(firstword $(LESSONS)) $(LAB_FLAGS)

test: $(READY)  ## test the helpers, and every lesson against its stored outputs
	GRAFT_SOURCE=bundled GRAFT_WEIGHTS=bundled $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder \
		-m "not papermill" --nbval-lax --nbval-current-env --nbval-cell-timeout=600 tests $(LESSONS)

papermill: $(READY)  ## run every lesson, small, on real photos, where they are at hand
	$(BIN)/python -m pytest -n $(WORKERS) -m papermill tests/notebooks

lessons: $(READY)  ## run the lessons and store their outputs
	GRAFT_SOURCE=bundled GRAFT_WEIGHTS=bundled $(BIN)/python -m helpers store

photos: $(READY)  ## download the real photos (229 MB) and ImageNet's weights (16 MB)
	$(BIN)/python -m helpers photos

bench: $(READY)  ## measure against plain Keras, side by side
	$(BIN)/python -m tests.benchmarks.against_plain_keras --write

lint: $(READY)  ## check style
	$(BIN)/ruff check . && $(BIN)/ruff format --check helpers tests

clean:  ## remove the virtual environment and everything cached
	rm -rf $(VENV) data/cache

# Installed once, and again whenever a version or a dependency changes.
$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null || \
		{ echo "Graft needs Python 3.11, 3.12 or 3.13; found: $$($(PYTHON) --version 2>&1 || echo none). Try: make PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --no-compile --quiet --disable-pip-version-check -c constraints.txt -e '.[lab,test]'
	-@$(BIN)/python -m compileall -qq -j 0 $(VENV)/lib  # on every core at once; pip would do it on one
	@touch $@
