#!/usr/bin/env bash
# Builds the node (with the runtime's Wasm), the daemon, the client, and the demo's jobs.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/setup.sh

if [ ! -x "$CARGO_TARGET_DIR/debug/quern-node" ]; then
	say "building; the first time this takes some 20 to 35 minutes on two cores, later seconds to minutes"
fi
unset RUSTC
cargo build --workspace --locked
JOBS_DIR="$CARGO_TARGET_DIR/jobs"
CARGO_TARGET_DIR="$JOBS_DIR" cargo build --release --target "$WASM_TARGET" --manifest-path jobs/Cargo.toml --locked
JOB_FRACTAL="$JOBS_DIR/$WASM_TARGET/release/fractal.wasm"
JOB_PRIMES="$JOBS_DIR/$WASM_TARGET/release/primes.wasm"
