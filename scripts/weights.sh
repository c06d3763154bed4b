#!/usr/bin/env bash
# Measures what Quern's calls and hooks weigh, in the runtime's Wasm on this machine.
#
#   scripts/weights.sh [PALLET...]   measures the pallets (all if none is named), prints a table, and writes
#                                    runtime/src/weights/measured/<pallet>.rs
#   scripts/weights.sh --compare     one order of the market against a swap of pallet-asset-conversion, and
#                                    how many orders fit a block; exit 1 if an order is dearer, or fewer than 1,500 fit
#   scripts/weights.sh --list        the benchmarks
#
#   STEPS, REPEAT   values of each parameter, and measurements of each (20 and 20)
#   PROFILE         the tool's: release if not said, since the host's part of the work (the trie, hashing) counts and is
#                   to be as in a validator's node. `dev` compiles no dependency once more, and errs on the dear side
#
# The first run compiles the runtime for Wasm with its benchmarks, and the tool's dependencies: some twenty minutes on
# two cores.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/setup.sh
unset RUSTC

# As substrate-wasm-builder builds the runtime that a chain runs, with its flags and its profile, but without
# compiling the runtime natively with benchmarks first. In a folder of its own: it shares nothing with the build.
WASM_DIR="$CARGO_TARGET_DIR/weights"
say "building the runtime's Wasm with its benchmarks"
CARGO_TARGET_DIR="$WASM_DIR" RUSTFLAGS="-C link-arg=--export-table -C link-arg=--export=__heap_base \
	-C link-arg=--import-memory --cfg substrate_runtime" \
	cargo rustc --locked --release --target "$WASM_TARGET" -p quern-runtime --lib --crate-type cdylib \
	--no-default-features --features swap-benchmark \
	--config 'profile.release.panic="abort"' --config 'profile.release.lto="thin"'

# With the whole workspace's features, so that the dependencies are those that the build compiled.
say "building the tool"
PROFILE=${PROFILE:-release}
cargo build --profile "$PROFILE" --workspace --locked --bin quern-weights

measure() {
	local folder=$PROFILE
	[ "$folder" != dev ] || folder=debug
	"$CARGO_TARGET_DIR/$folder/quern-weights" --runtime "$WASM_DIR/$WASM_TARGET/release/quern_runtime.wasm" \
		--steps "${STEPS:-20}" --repeat "${REPEAT:-20}" "$@"
}

case "${1:-}" in
--compare | --list) measure "$1" ;;
-*) die "unknown option $1: see the head of this script" ;;
*)
	measure --date "$(date -u +%F)" --output runtime/src/weights/measured "$@"
	cargo fmt -p quern-runtime
	;;
esac
