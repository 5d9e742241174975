# Targets: demo, demo-card, demo-json, test, interop, bench, lint, docs, fuzz, leader. Each sets up what it needs (scripts/setup) and ends what it started.
SHELL := /bin/bash
CARGO ?= cargo
EKTP := target/release/ektp

.PHONY: demo demo-card demo-json test interop interop-fast bench lint docs fuzz leader setup build

setup:
	@scripts/setup base

build: setup
	@$(CARGO) build --locked --release --quiet

demo: build
	@scripts/pcscd-run $(EKTP) demo morning

demo-card: build
	@scripts/pcscd-run $(EKTP) demo card

demo-json: build
	@scripts/pcscd-run $(EKTP) --json demo morning

test: setup
	@scripts/setup postgres
	@scripts/setup leader
	scripts/pcscd-run --no-slots true
	EKTP_LEADER_REQUIRED=1 $(CARGO) test --locked

interop: setup
	@scripts/setup interop
	tests/interop/run

interop-fast: setup
	@scripts/setup interop
	tests/interop/run --fast

bench: setup
	@scripts/setup interop
	@scripts/setup peers
	@scripts/setup postgres
	scripts/bench

lint: setup
	@scripts/setup lint
	$(CARGO) fmt --check
	$(CARGO) clippy --locked --all-targets -- -D warnings
	for feature in verify reader finger afis store perso serve; do \
	  $(CARGO) check --locked --lib --no-default-features --features $$feature || exit 1; done
	PKG_CONFIG_ALLOW_CROSS=1 $(CARGO) check --locked --lib --no-default-features --features verify,reader,finger --target x86_64-pc-windows-gnu
	PKG_CONFIG_ALLOW_CROSS=1 $(CARGO) check --locked --lib --no-default-features --features verify,reader,finger --target aarch64-unknown-linux-gnu
	cargo deny --log-level error check bans licenses sources

docs:
	EKTP_WRITE_DOCS=1 $(CARGO) test --locked --test house

# The weights of the extractor LEADER, into the user's cache folder.
leader:
	scripts/leader-weights

fuzz:
	scripts/fuzz $(SECONDS_EACH)
