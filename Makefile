# Two commands: `make chat` and `make test`. Both set up what is missing first; again is quick.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
MILVUS := .venv-milvus
MILVUS_SERVER := .venv-milvus-server
PEERS := .venv-peers
AUDIT := .venv-audit
PLOTS := .venv-plots
STAMP := $(VENV)/.installed
EXTRAS := dev
HOST ?= $(or $(PULLQUOTE_HOST),127.0.0.1)
PORT ?= $(or $(PULLQUOTE_PORT),7860)

# pip compiles nothing here, so each module is compiled when it is first imported. Unless Python may
# keep that, every process of the tests does it again.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup chromium chat refresh test test-elsewhere test-llm test-milvus test-ray test-adapters audit check format bench bench-quality bench-speed plots clean

help: ## Show what there is to make
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: $(STAMP) ## Make .venv with everything in it

# torch first and pinned: a looser spec may bring gigabytes of CUDA along.
$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Pullquote needs Python 3.11 or newer; set PYTHON=python3.11"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) \
	  || { echo "cannot make $(VENV); on Debian: apt-get install python3-venv"; exit 1; }
	$(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check -c constraints.txt torch
	$(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check -c constraints.txt -e '.[$(EXTRAS)]'
	@touch $@

chromium:
	@tools/chromium.sh

chat: setup ## Set up, refresh the index of corpus/ and serve the chat
	$(BIN)/pullquote chat --host $(HOST) --port $(PORT)

refresh: setup ## Make the index follow corpus/
	$(BIN)/pullquote refresh

# A file's tests stay together, for the sake of the servers and browsers they share.
test: setup chromium ## Set up and run the tests
	$(BIN)/python -m pytest -n 2 --dist loadfile

# The server package wants older libraries than ours, so it gets an environment of its own.
$(MILVUS)/.installed: pyproject.toml constraints.txt
	test -x $(MILVUS)/bin/python || $(PYTHON) -m venv $(MILVUS)
	$(MILVUS)/bin/python -m pip install --quiet --no-compile --disable-pip-version-check -c constraints.txt torch
	$(MILVUS)/bin/python -m pip install --quiet --no-compile --disable-pip-version-check -c constraints.txt -e '.[dev,milvus]'
	@touch $@

$(MILVUS_SERVER)/.installed:
	test -x $(MILVUS_SERVER)/bin/python || $(PYTHON) -m venv $(MILVUS_SERVER)
	$(MILVUS_SERVER)/bin/python -m pip install --quiet --disable-pip-version-check \
	  'milvus==2.3.5' 'pymilvus==2.3.7' 'setuptools<80' 'marshmallow<4' 'numpy<2'
	@touch $@

test-milvus: $(MILVUS)/.installed $(MILVUS_SERVER)/.installed ## Test the Milvus store, over Milvus Lite and a server
	PULLQUOTE_TEST_MILVUS_PYTHON=$(MILVUS_SERVER)/bin/python $(MILVUS)/bin/python -m pytest \
	  tests/contracts/test_vector_store.py tests/contracts/test_milvus_store.py \
	  tests/laws/test_milvus_index.py tests/laws/test_milvus_crash.py

# transformers, which we need anyway, brings a server; the model is made on the spot.
test-llm: setup ## Test language models against a real server
	PULLQUOTE_TEST_LLM=1 $(BIN)/python -m pytest tests/contracts/test_llm_servers.py

# In an environment of its own: whatever else works must do so without Ray.
test-ray: ## Set up Ray beside the rest and test a refresh on a small cluster
	$(MAKE) --no-print-directory setup VENV=.venv-ray EXTRAS=dev,ray
	.venv-ray/bin/python -m pytest tests/contracts/test_ray.py

# In an environment of their own: they bring a hundred packages along.
test-adapters: ## Set up LangChain, LlamaIndex and Haystack beside the rest and test the retrievers
	$(MAKE) --no-print-directory setup VENV=.venv-adapters EXTRAS=dev,haystack,langchain,llamaindex
	.venv-adapters/bin/python -m pytest tests/contracts/test_adapters.py
# Its folder is kept, to be quick the next time: ELSEWHERE, by default beneath /tmp.
test-elsewhere: ## Test a copy: spaces and umlauts in its path, no root, no network; PYTHON=python3.13 TESTS=tests/unit
	tools/elsewhere.sh $(PYTHON) $(TESTS)

$(AUDIT)/.installed: Makefile
	@test -x $(AUDIT)/bin/python || $(PYTHON) -m venv $(AUDIT)
	$(AUDIT)/bin/python -m pip install --quiet --disable-pip-version-check 'cyclonedx-bom>=7,<8' 'pip-audit>=2.9,<3'
	@touch $@

audit: setup $(AUDIT)/.installed ## Ask what is known against what is installed; write a bill of materials to build/
	@$(AUDIT)/bin/python tools/audit.py $(VENV)

check: setup chromium ## What CI runs: lint, format, types, import floors, tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(MAKE) --no-print-directory test

format: setup ## Format and mend what can be mended
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Sizes are small enough for a quarter of an hour; whole figures come from each command by itself.
bench: setup ## Measure what is measured quickly: refreshes, search, vectors, versions, filters, the leash
	$(BIN)/python -m benchmarks.scale
	$(BIN)/python -m benchmarks.vectors --sizes 10000 100000 --dry
	$(BIN)/python -m benchmarks.contrast
	$(BIN)/python -m benchmarks.temporal
	$(BIN)/python -m benchmarks.filters
	$(BIN)/python -m benchmarks.followups
	$(BIN)/python -m benchmarks.leash

bench-quality: setup ## Measure hits, quotes and silence: make bench-quality DATA=folder-of-question-sets
	$(BIN)/python -m benchmarks.quality $(DATA)

bench-speed: setup $(PEERS)/.installed ## Measure speed beside peers: make bench-speed DATA=folder-of-question-sets
	$(BIN)/python -m benchmarks.speed $(DATA) --peers $(PEERS)/bin/python

plots: $(PLOTS)/.installed ## Draw docs/images/scaling.svg anew from what was measured
	@$(PLOTS)/bin/python tools/plot.py

$(PLOTS)/.installed: Makefile
	@test -x $(PLOTS)/bin/python || $(PYTHON) -m venv $(PLOTS)
	$(PLOTS)/bin/python -m pip install --quiet --disable-pip-version-check 'matplotlib>=3.10,<4'
	@touch $@

# Never in our environment. One that cannot be installed is told in the table, and the others run.
$(PEERS)/.installed: $(wildcard benchmarks/speed/requirements/*.txt)
	@test -x $(PEERS)/bin/python || $(PYTHON) -m venv $(PEERS)
	@touch $@; for peer in $^; do \
	  $(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check -r $$peer \
	    || { echo "$$peer: not installed"; rm -f $@; }; \
	done

clean: ## Remove the environment, the index and caches
	rm -rf $(VENV) $(MILVUS) $(MILVUS_SERVER) $(PEERS) $(AUDIT) $(PLOTS) .venv-ray .venv-adapters .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find embeddings -mindepth 1 ! -name README.md -exec rm -rf {} +
