#!/usr/bin/env bash
# Through @polkadot/api on the network at QUERN_URL: buys GPU time, counts primes, checks the answer; then trades
# in the market itself.
#
#   QUERN_URL=ws://… scripts/client-js.sh [PRIMES.wasm]
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/setup.sh

. scripts/javascript.sh

output="$(mktemp)"
trap 'rm -f "$output"' EXIT
QUERN_OUTPUT="$output" node scripts/polkadot-api/buy.mjs "${1:-${JOB_PRIMES:?}}" "from=1 to=2000000" cpu-x86-64 4000
cat "$output"
# π(2,000,000), the number of primes up to two million.
grep -q '"count":148933' "$output" || die "the count of primes is wrong"

node scripts/polkadot-api/trade.mjs cpu-x86-64 2000
