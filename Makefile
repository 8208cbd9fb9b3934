# Everything a newcomer needs: `make reproduce` and `make test` set up their own environment.
#   make reproduce                         the default study
#   make reproduce STUDY=studies/real_gait another study: a folder with its own config.yaml
#   CORES=8 make reproduce                 on eight cores
#   make reproduce PROFILE=slurm           on a cluster (docs/cluster.md)
PYTHON ?= python3
CORES ?= 2
STUDY ?= .
PROFILE ?= default
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
CLUSTER := $(VENV)/.cluster

# A rule's own `python` is the environment's, and one numerical thread per process.
export PATH := $(CURDIR)/$(BIN):$(PATH)
export OMP_NUM_THREADS ?= 1
export OPENBLAS_NUM_THREADS ?= 1
export MKL_NUM_THREADS ?= 1
# Make would take a folder's name apart at its spaces; the shell does not.
export STUDY
# Without bytecode each process would compile Lightning anew, which takes ten seconds.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: setup reproduce test test-cluster prove lint format bench ui docs upload-runs clean
.DEFAULT_GOAL := reproduce

setup: $(READY)

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
	  || { echo "myopinn needs Python 3.11, 3.12 or 3.13; set PYTHON=... to one of them."; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade-strategy only-if-needed -c constraints.txt -e '.[test,lint]'
	@touch $@

# What a cluster and a tracking server need besides.
$(CLUSTER): $(READY)
	$(BIN)/python -m pip install --quiet --upgrade-strategy only-if-needed -c constraints.txt -e '.[cluster]'
	@touch $@

# A cluster's profile says itself how many cores a job may have.
ifeq ($(PROFILE),default)
reproduce: $(READY)
	python workflow/scripts/reproduce.py "$$STUDY" --cores $(CORES)
else
reproduce: $(CLUSTER)
	python workflow/scripts/reproduce.py "$$STUDY" --profile $(PROFILE)
endif

# Ends with the share of each folder's lines that the tests run, which costs a fifth of the time;
# what OpenSim's solvers run in processes of their own is not counted.
test: $(READY)
	python -m pytest -n $(CORES) --dist loadgroup --cov=myopinn --cov-report=
	@for folder in $(dir $(wildcard src/myopinn/*/__init__.py)); do \
	  printf '%3s %% of %s\n' "$$(coverage report --format=total --include="$$folder*")" "$$folder"; \
	done

# A real Slurm of one node, a real PostgreSQL and a real browser; needs Debian's packages and root.
# With MYOPINN_CLUSTER=reduced fits alone, and the page only where there is a browser;
# MYOPINN_LOCAL_STUDY names a study that was run here before, to compare with; CLUSTER_TESTS names
# some of the files.
CLUSTER_TESTS ?= tests/cluster
test-cluster: $(CLUSTER)
	python -m pytest -m cluster $(CLUSTER_TESTS)

# What needs whole studies: kill and resume, edits that rerun only what they touch, spoilt files.
prove: $(READY)
	python -m pytest -m proof tests/proofs

# The reference of all keys, made of the sections of the configuration.
docs: $(READY)
	python workflow/scripts/write_docs.py docs

lint: $(READY)
	ruff check .
	ruff format --check .
	mypy
	lint-imports
	snakefmt --check Snakefile workflow

format: $(READY)
	ruff check --fix .
	ruff format .
	snakefmt Snakefile workflow

bench: $(READY)
	python benchmarks/physics.py
	python benchmarks/training.py
	python benchmarks/inference.py "$$STUDY"
	python benchmarks/startup.py "$$STUDY"

# The page to compare runs, on this machine only.
ui: $(READY)
	cd "$$STUDY" && MLFLOW_SERVER_ENABLE_JOB_EXECUTION=false mlflow server --workers 1 \
	  --host 127.0.0.1 --port 5000 --backend-store-uri sqlite:///results/mlflow/mlflow.db

# Brings in runs that were written while the tracking store was away.
upload-runs: $(READY)
	python workflow/scripts/upload_runs.py "$$STUDY"

clean:
	rm -rf $(VENV) .coverage .snakemake .pytest_cache .mypy_cache .ruff_cache
