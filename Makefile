# `make run` and `make test` do everything from a clean clone; .ci/setup installs what is missing.
.PHONY: run test bench lint check setup secrets

PYTHON := .venv/bin/python
# More for pytest: make test PYTEST_ARGS="--reruns 1".
PYTEST_ARGS ?=
# Tests meet only what they start themselves.
INSIDE := env -u TZAFON_API_KEY -u LIGHTCONE_BASE_URL -u DATABASE_URL -u REDIS_URL -u MODEL_BASE_URL -u MODEL_API_KEY

run:
	@.ci/setup run
	@set -a; [ ! -f .env ] || . ./.env; set +a; exec $(PYTHON) manage.py start

test:
	@.ci/setup test
	@$(INSIDE) .ci/test $(PYTEST_ARGS)

bench:
	@.ci/setup test
	@$(INSIDE) $(PYTHON) -m tests.bench

# `lint` repairs, `check` only looks.
lint:
	@.ci/setup test
	@$(PYTHON) -m ruff check --fix . && $(PYTHON) -m ruff format .

check:
	@.ci/setup test
	@.ci/check

setup:
	@.ci/setup test

# For `docker compose up`.
secrets:
	@.ci/secrets
