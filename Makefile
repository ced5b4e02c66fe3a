PYTHON ?= python3
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help run test lint bench fuzz screenshots try prompts sign-library dist verify-dist tour clean setup setup-dev

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/\1|\2/' | awk -F'|' '{printf "make %-12s %s\n", $$1, $$2}'

run: setup ## Install what is missing and open the window (without a display: walk the tour in the terminal)
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ] || [ "$$(uname)" = Darwin ]; then exec $(BIN)/greenroom; else exec $(BIN)/greenroom tour; fi

test: setup-dev lint ## Install what is missing and run every test, with the real model
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest -n auto --maxprocesses 4 --dist worksteal

lint: setup-dev ## Check code style, lessons and prompts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/greenroom lesson lint content
	$(BIN)/greenroom prompt lint

tour: setup ## Walk the main job in the terminal
	$(BIN)/greenroom tour

bench: setup-dev ## Measure against named baselines and print the table (minutes; close other programs)
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m benchmarks

fuzz: setup-dev ## Run the property-based tests far longer than make test does
	QT_QPA_PLATFORM=offscreen GREENROOM_FUZZ=1 $(BIN)/python -m pytest tests -m property

screenshots: setup-dev ## Grab the pages that the documents show, light and dark, into docs/screenshots/
	$(BIN)/python docs/make_screenshots.py

try: setup-dev ## Try the samples of every lesson's exercises on the real model and print the table (minutes)
	$(BIN)/greenroom lesson try

prompts: setup-dev ## Test every prompt of the library on the real model and write its results.json (half an hour)
	$(BIN)/greenroom prompt test --all --versions all --seeds 3 --save

sign-library: setup-dev ## Approve what is labelled approved, with keys that are used once (after make prompts, before a release)
	$(BIN)/python packaging/sign_library.py

dist: setup ## Build everything that is distributed into dist/: packages, archive, signed repositories, sums (minutes)
	$(BIN)/python packaging/dist.py

verify-dist: setup ## Install what make dist built into clean systems, try it, tamper with it, remove it, and print the table (minutes; as root)
	$(BIN)/python packaging/verify_dist.py --write
	$(BIN)/python packaging/windows/verify.py
	$(BIN)/python packaging/macos/verify.py

setup:
	@$(PYTHON) packaging/bootstrap.py

setup-dev:
	@$(PYTHON) packaging/bootstrap.py --dev

clean: ## Remove the environment and caches of this checkout (the wheel cache stays)
	rm -rf .venv build dist *.egg-info .pytest_cache .ruff_cache .hypothesis
