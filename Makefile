# Two commands on a fresh Debian machine with Rust and Node: `make demo` and `make test`.
# Each installs what it needs, says what it does, and works from a clean clone.

SHELL := /bin/bash
.DEFAULT_GOAL := help

# One target directory for everything, in the user's cache, so that a later run on the machine is quick.
export CARGO_TARGET_DIR ?= $(HOME)/.cache/livefair/target
export CARGO_TERM_COLOR ?= auto
LIVEFAIR := $(CARGO_TARGET_DIR)/debug/livefair

.PHONY: help demo test check rust-check rust-test web web-check e2e bench fuzz bless deny setup-run setup-test

help: ## Says what there is
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

demo: setup-run web ## Sets up, builds and runs a seeded firm with a live show
	cargo build --bin livefair
	$(LIVEFAIR) demo

test: setup-test web check deny rust-test e2e ## Sets up and passes everything; .ci/run calls it

check: rust-check web-check ## The quick half: format, lints, docs, web checks

rust-check:
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --document-private-items --quiet

rust-test: ## Rust tests on SQLite and on a PostgreSQL of their own
	scripts/with-postgres cargo test --workspace

web: setup-run ## Builds the pages
	cd web && npm run build

web-check:
	cd web && npm run generate >/dev/null && git diff --exit-code --stat -- packages/api/schema.ts
	cd web && npm run check && npm test && npm run size

e2e: ## Journeys in Chromium on the built program
	cargo build --bin livefair
	cd e2e && LIVEFAIR=$(LIVEFAIR) npx playwright test

bench: ## Figures with their conditions (release build)
	scripts/with-postgres cargo run --release -p bench --bin orders

fuzz: ## Every fuzz target for SECONDS (60) each, in turn
	scripts/fuzz $(or $(SECONDS),60)

bless: ## Accepts snapshots: insta, openapi.json and the types made from it
	INSTA_UPDATE=always cargo test --workspace
	cargo run --quiet --bin livefair -- openapi > docs/api/openapi.json
	cd web && npm run generate

deny: ## Licences, bans and sources of the dependencies
	scripts/tool cargo-deny
	$(HOME)/.cache/livefair/tools/bin/cargo-deny check bans licenses sources

setup-run:
	@scripts/setup run

setup-test: setup-run
	@scripts/setup test
