# make book | test | fuzz | lab | pdf | notebooks | clean | distclean        The plain commands behind each are in the README.
.PHONY: help book test fuzz fuzz-checked fuzz-plain lab pdf notebooks clean distclean
.DEFAULT_GOAL := help

VENV := .venv
RUN  := $(VENV)/bin/python
LAB_ARGS ?=
# Where it is set, each of some hundred processes would compile torch and matplotlib again
unexport PYTHONDONTWRITEBYTECODE
# The Pythons that are tried, in this order; those below 3.11 or above 3.14 are passed over
PYTHONS := python3.12 python3.13 python3.11 python3.14 python3 python

help:
	@echo "make book       build the pages (the first time: make $(VENV) and install requirements.txt into it)"
	@echo "make test       run all tests; pytest alone leaves out the slow ones"
	@echo "make fuzz       run the compiled kernels' tests twice more: every index checked, and as plain Python"
	@echo "make lab        open the chapters as notebooks in JupyterLab"
	@echo "make pdf        the whole book as one PDF, printed by Chromium"
	@echo "make notebooks  every page as a notebook that stands alone, as Colab and Binder open them"
	@echo "make clean      remove what builds and tests made; $(VENV) stays"
	@echo "make distclean  the same, and remove $(VENV)"
	@echo "PYTHON=/path/to/python3.12 chooses the Python that $(VENV) is made from (3.11 to 3.14)"

book: $(VENV)/installed
	@$(VENV)/bin/jupyter-book build . -W -n --keep-going
	@$(RUN) -c "import pathlib; print(pathlib.Path('_build/html/index.html').resolve().as_uri())"

test: $(VENV)/installed
	@$(RUN) -m pytest -m "" $(PYTEST_ARGS)

# Numba's check of indices belongs to code compiled with it, so it has a cache of its own, and is compiled with few
# optimisations, in two thirds of the time; the check is lost in threads other than the first, so there is one. Plain
# Python is slow, and takes no more examples than `make test`. The two runs go side by side, each printed when it is over.
FUZZ := -m pytest -r fE -k "numba or fuzz or fast" \
    $(addprefix tests/test_,$(addsuffix .py,fuzz fast contract grid sampler sampler_padding sampler_safety linear conv pool loss))
fuzz: $(VENV)/installed
	@$(MAKE) --no-print-directory -j2 --output-sync fuzz-checked fuzz-plain

fuzz-checked:
	@cache=$$(mktemp -d); trap 'rm -rf "$$cache"' EXIT; echo "every index checked:"; \
	    NUMBA_CACHE_DIR="$$cache" NUMBA_BOUNDSCHECK=1 NUMBA_NUM_THREADS=1 NUMBA_OPT=1 \
	    $(RUN) $(FUZZ) --hypothesis-profile fuzz $(PYTEST_ARGS)

fuzz-plain:
	@echo "as plain Python:"; NUMBA_DISABLE_JIT=1 $(RUN) $(FUZZ) $(PYTEST_ARGS)

lab: $(VENV)/installed
	@PYTHONPATH="$(CURDIR)" $(RUN) -m jupyter lab --ServerApp.root_dir="$(CURDIR)" \
	    --LabApp.default_url=/lab/tree/book/intro.md $(LAB_ARGS)

# Cells run, or come from the cache, as for the pages: those need not be built first.
pdf: $(VENV)/installed
	@$(RUN) -m book._ext.pdf

notebooks: $(VENV)/installed
	@$(RUN) -m book._ext.notebooks

clean:
	rm -rf _build book/*.ipynb .pytest_cache .ruff_cache .hypothesis
	find book stn_numpy tests \( -name __pycache__ -o -name .ipynb_checkpoints \) -prune -exec rm -rf {} +
	@echo "$(VENV) stays (make distclean removes it), and so do recorded results and your own runs/"

distclean: clean
	rm -rf $(VENV)

# Candidates are run, not looked up: a command of the right name may be an empty promise (pyenv's shims are).
# ensurepip is imported because Debian and Ubuntu leave it, and with it venv, out of their plain python3.
# Most of 13,000 modules are never imported: Python compiles those that are, when they are, and pip none.
$(VENV)/installed: requirements.txt $(wildcard requirements/*.txt)
	@if ! $(RUN) -c "import pip" >/dev/null 2>&1; then \
	    right="import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))"; \
	    found=; without=; \
	    for candidate in $(if $(PYTHON),"$(PYTHON)",$(PYTHONS)); do \
	        "$$candidate" -c "$$right" >/dev/null 2>&1 || continue; \
	        if "$$candidate" -c "import ensurepip, venv" >/dev/null 2>&1; then found=$$candidate; break; fi; \
	        without=$$candidate; \
	    done; \
	    if [ -z "$$found" ] && [ -n "$$without" ]; then \
	        echo "$$without cannot make virtual environments: install its venv module" \
	             "(Debian, Ubuntu: apt install python3-venv) and run make again." >&2; exit 1; \
	    elif [ -z "$$found" ]; then \
	        echo "Found no Python 3.11 to 3.14 that runs; tried $(or $(PYTHON),$(PYTHONS))." \
	             "Install one, or name it: make book PYTHON=/path/to/python3.12" >&2; exit 1; \
	    fi; \
	    echo "making $(VENV) with $$found"; \
	    rm -rf $(VENV) && "$$found" -m venv $(VENV); \
	fi
	@$(RUN) -m pip install --disable-pip-version-check --no-compile -r requirements.txt
	@JUPYTER_CONFIG_DIR=$(VENV)/etc/jupyter $(VENV)/bin/jupytext-config set-default-viewer markdown
	@touch $@
