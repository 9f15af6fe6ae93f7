# `make` lists the targets. Everything happens in .venv; nothing outside the checkout is changed but scorer's cache folder.
PYTHON ?= python3
VENV   ?= .venv
ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
else
BIN := $(VENV)/bin
endif
DATA   ?= ../shared/data
PIP    := $(BIN)/python -m pip --disable-pip-version-check

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test check format golden bench study recipe train learned wheel clean

help:  ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

# The stamps are written last, so that an interrupted set-up is taken up again and a finished one is left alone.
$(VENV)/.created:
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version) if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv --clear $(VENV)
	@touch $@

$(VENV)/.runtime: $(VENV)/.created pyproject.toml constraints.txt
	$(PIP) install --quiet --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime
	$(PIP) install --quiet --constraint constraints.txt --editable '.[dev]'
	@touch $@

$(VENV)/.bench: $(VENV)/.runtime
	$(PIP) install --quiet --constraint constraints.txt --editable '.[dev,bench]'
	@touch $@

demo: $(VENV)/.runtime  ## compare two real documents and print the report
	$(BIN)/scorer compare seeds/news/source.de.txt seeds/news/wrong.en.txt

test: $(VENV)/.dev  ## run the tests
	$(BIN)/python -m pytest

check: $(VENV)/.dev  ## format, lint, types, layers and tests: what has to pass before a change goes in
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest

format: $(VENV)/.dev  ## format the code and mend what lint can mend
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

golden: $(VENV)/.dev  ## rewrite the golden reports; read the diff before you commit it
	$(BIN)/python -m pytest tests/test_golden.py --golden-update

bench: $(VENV)/.bench  ## re-make the tables of benchmarks/results (DATA=folder of human judgments)
	$(BIN)/python benchmarks/alignment.py $(DATA)
	$(BIN)/python benchmarks/false_alarms.py $(DATA) --sample 1000
	$(BIN)/python benchmarks/false_alarms.py $(DATA) --checks unmatched --neural --sample 300 \
		--output benchmarks/results/false_alarms_unmatched.md
	$(BIN)/python benchmarks/seeds.py
	$(BIN)/python benchmarks/speed.py
	$(BIN)/python benchmarks/speed_learned.py $(DATA)
	$(BIN)/python benchmarks/speed_gate.py
	$(BIN)/python benchmarks/load.py --seconds 60 --output benchmarks/results/load.md
	$(BIN)/python benchmarks/robustness.py $(DATA)
	$(BIN)/python benchmarks/spans.py $(DATA)
	$(BIN)/python benchmarks/findings.py $(DATA)
	$(BIN)/python benchmarks/worth.py $(DATA)
	$(BIN)/python benchmarks/agreement.py $(DATA)

study: $(VENV)/.bench  ## which encoder layer matches tokens best (DATA=folder of human judgments)
	$(BIN)/python benchmarks/layers.py $(DATA)

recipe: $(VENV)/.bench  ## fit models/ anew (DATA=folder of human judgments)
	$(BIN)/python benchmarks/fit_recipe.py $(DATA)

TRAINING := build/training

train: $(VENV)/.bench  ## make the learned metric from the judgments in DATA: a night on 2 cores, resumable (docs/training.md)
	$(BIN)/python -m benchmarks.training.states --data $(DATA) --states $(TRAINING)/states
	$(BIN)/python -m benchmarks.training.whole --data $(DATA) --states $(TRAINING)/states --run $(TRAINING)/whole
	$(BIN)/python -m benchmarks.training.train --data $(DATA) --states $(TRAINING)/states --run $(TRAINING)/first \
		--steps 2400 --stop 1600
	$(BIN)/python -m benchmarks.training.train --data $(DATA) --states $(TRAINING)/states --run $(TRAINING)/second \
		--start $(TRAINING)/first --deep 3 --with-wmt22 --steps 1300 --rate 3e-4
	$(BIN)/python -m benchmarks.training.train --data $(DATA) --states $(TRAINING)/states --run $(TRAINING)/third \
		--start $(TRAINING)/second --teacher $(TRAINING)/second --deep 3 --with-wmt22 --steps 2800 --rate 3e-4
	$(BIN)/python -m benchmarks.training.train --data $(DATA) --states $(TRAINING)/states --run $(TRAINING)/fourth \
		--start $(TRAINING)/third --teacher $(TRAINING)/third --deep 3 --with-wmt22 --steps 3800 --rate 3e-4
	$(BIN)/python -m benchmarks.training.train --data $(DATA) --states $(TRAINING)/states --run $(TRAINING)/fifth \
		--start $(TRAINING)/fourth --teacher $(TRAINING)/fourth --deep 3 --deep-rate 0.4 --with-wmt22 --with-paragraphs \
		--steps 2900 --rate 3e-4
	$(BIN)/python -m benchmarks.training.export --states $(TRAINING)/states --run $(TRAINING)/fifth \
		--whole $(TRAINING)/whole
	$(BIN)/python benchmarks/manifest.py
	$(MAKE) learned

learned: $(VENV)/.bench  ## fit recipes and uncertainty to the learned metric's predictions (DATA=folder of human judgments)
	$(BIN)/python benchmarks/fit_learned.py $(DATA) --predictions $(TRAINING)/predictions.parquet
	$(BIN)/python benchmarks/choose_recipe.py $(DATA) --features $(TRAINING)/predictions.features.npz
	$(BIN)/python benchmarks/calibrate.py $(TRAINING)/predictions.parquet
	$(BIN)/python benchmarks/manifest.py

wheel: $(VENV)/.dev  ## build the wheel into dist/
	$(PIP) wheel --quiet --no-deps --wheel-dir dist .

clean:  ## remove the virtual environment and build output
	rm -rf $(VENV) dist build
