# Two commands on a fresh Debian machine with Rust and Node: `make demo` and `make test`.
# Each installs what it needs, says what it does, and works from a clean clone.

SHELL := /bin/bash
.DEFAULT_GOAL := help

# One target directory for everything, in the user's cache, so that a later run on the machine is quick.
export CARGO_TARGET_DIR ?= $(HOME)/.cache/livefair/target
export CARGO_TERM_COLOR ?= auto
LIVEFAIR := $(CARGO_TARGET_DIR)/debug/livefair
RELEASE := $(CARGO_TARGET_DIR)/release

.PHONY: help demo test check rust-check rust-test web web-check docs-check e2e bench fuzz bless deny setup-run setup-test

help: ## Says what there is
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

demo: setup-run web ## Sets up, builds and runs a seeded firm with a live show
	cargo build --bin livefair
	$(LIVEFAIR) demo

test: setup-test web check deny rust-test e2e ## Sets up and passes everything; .ci/run calls it

check: rust-check web-check docs-check ## The quick half: format, lints, docs, web checks

rust-check: setup-run
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --document-private-items --quiet

rust-test: setup-test ## Rust tests on SQLite and on a PostgreSQL of their own
	scripts/with-postgres cargo test --workspace

web: setup-run ## Builds the pages
	cd web && npm run build

web-check: web
	cd web && npm run generate >/dev/null && git diff --exit-code --stat -- packages/api/schema.ts
	cd web && npm run check && npm test && npm run size

docs-check: setup-run
	node scripts/check-docs.mjs

e2e: setup-test web ## Journeys in Chromium on the built program
	cargo build --bin livefair
	cd e2e && LIVEFAIR=$(LIVEFAIR) npx playwright test

bench: setup-test web ## Figures with their conditions: a release build, then some seven minutes on a quiet machine
	cargo build --release -p server -p bench
	@failed=; run() { echo; echo "== $$*"; "$$@" || failed="$$failed $$1"; }; \
	run scripts/with-postgres $(RELEASE)/orders --dir $(RELEASE); \
	run $(RELEASE)/orders_over_http --dir $(RELEASE); \
	run $(RELEASE)/room_load --storm --dir $(RELEASE); \
	run $(RELEASE)/hls_load --dir $(RELEASE); \
	run $(RELEASE)/idle --dir $(RELEASE); \
	run node e2e/measure/glass.mjs --livefair $(RELEASE)/livefair; \
	if [ -n "$$failed" ]; then echo; echo "not reached:$$failed"; exit 1; fi

fuzz: ## Every fuzz target for SECONDS (60) each, in turn
	scripts/fuzz $(or $(SECONDS),60)

bless: setup-test web ## Accepts snapshots: insta, openapi.json and the types made from it, the picture in the README
	INSTA_UPDATE=always cargo test --workspace
	cargo run --quiet --bin livefair -- openapi > docs/api/openapi.json
	cd web && npm run generate
	cd e2e && BLESS=1 LIVEFAIR=$(LIVEFAIR) npx playwright test buyer --grep '^en '

deny: setup-run ## Licences, bans and sources of the dependencies
	scripts/tool cargo-deny
	$(HOME)/.cache/livefair/tools/bin/cargo-deny check bans licenses sources

setup-run:
	@scripts/setup run

setup-test: setup-run
	@scripts/setup test
