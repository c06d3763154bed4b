#!/usr/bin/env bash
# Shows a slash from end to end: four validators, delegators behind one of them, which then equivocates
# (a second node with its keys). It is reported, disabled, voted out, and after the deferral slashed;
# every figure is checked. Some fifteen minutes once built.
#
#   scripts/slash.sh
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/build.sh
. scripts/network.sh
. scripts/javascript.sh

finish() {
	local status=$?
	trap - EXIT INT TERM
	[ "$status" -eq 0 ] || { KEEP_FILES=1; echo "failed; logs are kept in $NETWORK_DIR" >&2; }
	stop_network
	exit "$status"
}
trap finish EXIT
trap 'exit 130' INT TERM
script() { SLASH_STATE="$NETWORK_DIR/slash.json" node scripts/polkadot-api/slash.mjs "$@" 2>/dev/null; }

say "four validators, eras of one minute"
start_validators four alice bob charlie dave
wait_finalized 1
"$BIN/quern" stake operators

say "stake is delegated to Dave, and allocated"
script prepare
"$BIN/quern" stake operator //Dave

say "a second node starts with Dave's keys"
start_validator twin dave --bootnodes "$BOOT_NODE"
script watch

say "the state it left"
"$BIN/quern" stake slashes
"$BIN/quern" check
