#!/usr/bin/env bash
# Clippy with warnings denied over the whole workspace, benchmarks and try-runtime code included.
# Checks compile every dependency once more, apart from the build: several minutes the first time.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/setup.sh

export SKIP_WASM_BUILD=1
# Its own folder: other features than the build's, so nothing could be shared, only overwritten.
export CARGO_TARGET_DIR="$CARGO_TARGET_DIR/lint"
cargo clippy --workspace --all-targets --features \
	quern-runtime/runtime-benchmarks,quern-runtime/try-runtime -- -D warnings
