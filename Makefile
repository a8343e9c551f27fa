# `make demo` and `make test` are all a new machine needs; both set up .venv first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
DOCS_STAMP := $(VENV)/.installed-docs

.PHONY: demo test test-slow test-tables fuzz check format docs bench bench-versions bench-gpu quality clean

demo: $(STAMP)
	$(BIN)/grnet demo --out grnet-demo --overwrite

test: $(STAMP)
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -q -n 2 -m "not slow"

# Trainings on real data, whole examples and random tables; CI runs them after the others.
test-slow: $(STAMP)
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -q -n 2 -m slow

# The same property tests with 10,000 random tables; about ten minutes.
test-tables: $(STAMP)
	GRNET_EXAMPLES=667 OMP_NUM_THREADS=1 $(BIN)/python -m pytest -q -n 2 tests/property

# Every reader under 1,000 mutated inputs, then every command ended by each signal at 40 of its touches of a file.
fuzz: $(STAMP)
	GRNET_FUZZ=1000 OMP_NUM_THREADS=1 $(BIN)/python -m pytest -q -n 2 tests/fuzz
	PYTHONPATH=tests/support OMP_NUM_THREADS=1 $(BIN)/python tests/support/killed_commands.py build/kills --points 40

check: $(STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tests/support/page_checks.py

format: $(STAMP)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# The documentation site in build/docs. Tutorials run; what they gave is kept in build/docs-cache.
# DOCS_EXECUTE=off shows them without results, in less than a minute.
DOCS_EXECUTE ?= on
docs: $(DOCS_STAMP)
	PATH="$(abspath $(BIN)):$$PATH" GRNET_DOCS_EXECUTE=$(DOCS_EXECUTE) \
		$(BIN)/python -m sphinx -W --keep-going -q -b html docs build/docs

# Each script runs alone, too; BENCH=--quick tries those that know it at toy sizes.
bench: $(STAMP)
	$(BIN)/python benchmarks/scale.py $(BENCH)
	$(BIN)/python benchmarks/against_grnboost2.py $(BENCH)
	$(BIN)/python benchmarks/against_regdiffusion.py $(BENCH)
	$(BIN)/python benchmarks/growth.py $(BENCH)
	$(BIN)/python benchmarks/training_growth.py $(BENCH)
	$(BIN)/python benchmarks/thresholding.py $(BENCH)
	$(BIN)/python benchmarks/share_of_limit.py $(BENCH)
	$(BIN)/python benchmarks/page.py $(BENCH)
	$(BIN)/python benchmarks/exports.py $(BENCH)
	$(BIN)/python benchmarks/reading.py $(BENCH)
	$(BIN)/python benchmarks/cells.py $(BENCH)
	$(BIN)/python benchmarks/prepare_pairs.py
	$(BIN)/python benchmarks/forward_passes.py
	$(BIN)/python benchmarks/report.py

# Every command by turns with an earlier version of grnet: a commit, or the folder of a checkout.
BEFORE ?= ab7bead
bench-versions: $(STAMP)
	$(BIN)/python benchmarks/versions.py $(BEFORE)
	$(BIN)/python benchmarks/report.py

# Where there is no .venv, such as on a lent machine that reaches no network, the Python that is there does.
bench-gpu:
	PYTHONPATH=. $(if $(wildcard $(BIN)/python),$(BIN)/python,$(PYTHON)) benchmarks/gpu.py $(BENCH)

quality: $(STAMP)
	$(BIN)/python benchmarks/quality.py
	$(BIN)/python benchmarks/default_networks.py

$(STAMP): pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[dev]"
	touch $@

$(DOCS_STAMP): $(STAMP)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[dev,docs]"
	touch $@

clean:
	rm -rf $(VENV) build dist *.egg-info grnet-demo
