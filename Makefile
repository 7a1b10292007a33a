# make demo   a first fit, printed        make test   style, types, tests
# make bench  speed beside the peers      make clean  remove what these made
#
# Needs Python >= 3.11 with its venv module, and the package index.

VENV  ?= .venv
FLAGS ?= -n 2
BIN   := $(VENV)/bin
PIP   := $(BIN)/python -m pip install -qq --disable-pip-version-check

.PHONY: demo test style types tests-pass bench clean

demo: $(VENV)/installed
	@$(BIN)/python vignettes/demo.py

test: style types tests-pass

style: $(VENV)/installed-for-tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/installed-for-tests
	$(BIN)/mypy

tests-pass: $(VENV)/installed-for-tests
	$(BIN)/python -m pytest $(FLAGS)

bench: $(VENV)/installed-for-benchmarks
	$(BIN)/python -m benchmarks

clean:
	rm -rf $(VENV) .venv-ci build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find rglm tests benchmarks vignettes -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@.ci/python -m venv $(VENV)

# Stamps: pip runs again only when pyproject.toml has changed. The install is
# editable, so a change of the code needs none.
$(VENV)/installed: pyproject.toml | $(BIN)/python
	@echo "Installing rglm into $(VENV) (once)"
	@$(PIP) -e . && touch $@

$(VENV)/installed-for-tests: pyproject.toml | $(BIN)/python
	@echo "Installing rglm, its tests and checks into $(VENV) (once)"
	@$(PIP) -e '.[test,lint]' && touch $@ $(VENV)/installed

$(VENV)/installed-for-benchmarks: pyproject.toml | $(BIN)/python
	@echo "Installing rglm and the packages it is measured against into $(VENV) (once)"
	@$(PIP) -e '.[test]' statsmodels && touch $@ $(VENV)/installed
