#!/usr/bin/env bash
# Sets up and runs every test: unit, property and integration tests of every crate, the jobs' own, and
# the demo as the end-to-end test, with a purchase and trades through @polkadot/api on the same network.
# The first run builds everything: some 25 to 45 minutes on two cores.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/build.sh

passed=0 failed=0
run() {
	local name=$1
	shift
	say "$name"
	if "$@"; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "FAILED: $name" >&2; fi
}

run "tests of every crate" cargo test --workspace --locked
run "tests of the jobs" env CARGO_TARGET_DIR="$JOBS_DIR" cargo test --manifest-path jobs/Cargo.toml --locked
run "the example of the market's arithmetic on the published batches" \
	cargo run --quiet --locked -p compute-amm-math --example clear -- pallets/compute-amm/math/tests/vectors/batch_clearing.json
run "the demo, and a purchase and trades through @polkadot/api" scripts/demo.sh --then scripts/client-js.sh

printf '\nsuites: %d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
