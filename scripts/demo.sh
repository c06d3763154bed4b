#!/usr/bin/env bash
# Buys GPU time on a network of its own and shows the whole trip: sets up, builds, starts two validators
# and one provider daemon on this machine, and, as a client, has a fractal rendered.
#
#   scripts/demo.sh [--keep] [--then COMMAND]
#
#   --keep          leave the network running at the end, and say how to go on (Ctrl-C ends it)
#   --then COMMAND  run a command against the network at the end, with QUERN_URL, JOB_FRACTAL and
#                   JOB_PRIMES set; its failure is the demo's
#
# Exit 0: the job was done and every check held. Otherwise the failing step is named.
set -euo pipefail

KEEP=0
THEN=
while [ $# -gt 0 ]; do
	case "$1" in
		--keep) KEEP=1 ;;
		--then) THEN=${2:?--then needs a command}; shift ;;
		-h | --help) sed -n '2,12s/^# \{0,1\}//p' "$0"; exit 0 ;;
		*) echo "error: unknown option $1 (see --help)" >&2; exit 2 ;;
	esac
	shift
done

cd "$(dirname "$0")/.."
STEP="setting up"
NETWORK_STARTED=0
finish() {
	local status=$?
	trap - EXIT INT TERM
	if [ "$status" -ne 0 ]; then
		printf '\n\033[1;31mfailed while %s\033[0m\n' "$STEP" >&2
		if [ "$NETWORK_STARTED" = 1 ]; then
			KEEP_FILES=1
			echo "logs are kept in $NETWORK_DIR" >&2
		fi
	fi
	[ "$NETWORK_STARTED" = 1 ] && stop_network
	exit "$status"
}
trap finish EXIT
trap 'STEP="$STEP (interrupted)"; exit 130' INT TERM

. scripts/build.sh
. scripts/network.sh

quern() { "$BIN/quern" "$@"; }
json() { "$BIN/quern" --json "$@" 2>/dev/null; }
N=0
step() {
	STEP="$*"
	N=$((N + 1))
	printf '\n\033[1m[%d/9] %s\033[0m\n' "$N" "$STEP"
}
note() { printf '      %s\n' "$*"; }
# wait_for SECONDS WHAT COMMAND…: until the command succeeds, showing the seconds that pass.
wait_for() {
	local limit=$1 what=$2 begun=$SECONDS
	shift 2
	until "$@"; do
		[ $((SECONDS - begun)) -lt "$limit" ] || { echo >&2; die "$what: not within $limit seconds"; }
		[ -t 2 ] && printf '\r      waiting for %s … %d s ' "$what" $((SECONDS - begun)) >&2
		sleep 2
	done
	[ -t 2 ] && printf '\r\033[K' >&2
	note "$what: after $((SECONDS - begun)) s"
}
# Exact arithmetic on planck, which outgrow the shell's.
calc() { echo "$*" | BC_LINE_LENGTH=0 bc; }
# Planck as QRN with all twelve decimals, sign first.
qrn() { echo "$1" | awk '{ s = ""; v = $1; if (v ~ /^-/) { s = "-"; v = substr(v, 2) } else s = "+"
	while (length(v) < 13) v = "0" v
	printf "%s%s.%s", s, substr(v, 1, length(v) - 12), substr(v, length(v) - 11) }'; }

CLASS=cpu-x86-64
PROVIDER=//Charlie
CLIENT=//Dave
OPEN=60s OFFER=20s DURATION=10s
INPUT="width=640 height=480 x=-0.743643887 y=0.131825904 zoom=200 iterations=500"

printf '\n\033[1mQuern: a stranger buys GPU time and gets the work done\033[0m\n'
note "validators Alice and Bob, provider Charlie, client Dave, each with an account of its own"

step "starting two validators and a provider daemon"
NETWORK_STARTED=1
start_validators
free_port
DAEMON=127.0.0.1:$REPLY
start provider "$BIN/quern-provider" run --node-url "$QUERN_URL" --listen "$DAEMON" \
	--state-dir "$NETWORK_DIR/provider" --allow-private-locations
wait_for 120 "the first finalised block" wait_finalized 1
note "chain at $QUERN_URL, daemon at http://$DAEMON, logs in $NETWORK_DIR"

money() { json account "$1" | jq -r '(.free | tonumber | tostring) as $_ | .free, .held'; }
SUPPLY_BEFORE="$(json economics | jq -r .supply)"

step "the operator bonds stake and registers its node"
quern --key $PROVIDER provider bond 1000 >/dev/null
note "Charlie bonded 1000 QRN"
wait_for 60 "the daemon to know its chain" curl -sf -o /dev/null "http://$DAEMON/identity?provider=5FLSigC9HGRKVhB9FiEo4Y3koPsNmBmLJbpXg2mp1hXcS59Y"
quern --key $PROVIDER provider register --endpoint "$DAEMON" --class $CLASS 2>/dev/null | sed 's/^/      /'

step "validators' off-chain workers poll /gpu-check and attest"
allowance() { json provider status $PROVIDER | jq -r '.books[0].allowance_ms // 0'; }
# Two served minutes: one for the pool, one to sell.
allowed() { [ "$(allowance)" -ge 120000 ]; }
wait_for 300 "two attested minutes" allowed
note "allowance: $(allowance) ms of $CLASS time, earned by being there"

step "the pool opens: claims from the provider, tokens from the treasury"
quern --key $PROVIDER provider open-pool $CLASS $OPEN >/dev/null
quern pool show $CLASS | sed 's/^/      /'

step "the provider offers $OFFER more of GPU time"
quern --key $PROVIDER provider offer $CLASS $OFFER --min-proceeds 0.001 >/dev/null
sold() { [ "$(json provider status $PROVIDER | jq -r '.books[0].offered_ms')" = 0 ]; }
wait_for 60 "the batch to clear" sold
quern provider status $PROVIDER | tail -n 5 | sed 's/^/      /'

step "the client asks for a quote and requests a job"
CLIENT_BEFORE="$(json account $CLIENT | jq -r '.free')"
PROVIDER_BEFORE="$(json account $PROVIDER | jq -r '.free')"
TREASURY_BEFORE="$(json economics | jq -r .to_treasury)"
BURNED_BEFORE="$(json economics | jq -r .supply_burned)"
PRICE_BEFORE="$(json pool show $CLASS | jq -r 'if type == "array" then .[0] else . end | .spot_human')"
quern quote $CLASS $DURATION | sed 's/^/      /'
note "program $(basename "$JOB_FRACTAL"), input: $INPUT"
quern --key $CLIENT job request --class $CLASS --duration $DURATION --program "$JOB_FRACTAL" \
	--input-text "$INPUT" --pace $DURATION --output-limit 1MiB --serve 127.0.0.1:0 --wait --json \
	2>"$NETWORK_DIR/request.err" | tee "$NETWORK_DIR/request.jsonl" |
	jq -r --unbuffered 'if .event == "requested" then "      job \(.job) requested"
		elif .event == "state" then "      block \(.block): \(.state)" else empty end' ||
	{ cat "$NETWORK_DIR/request.err" >&2; die "the job was not done"; }
JOB="$(jq -r 'select(.event == "requested") | .job' "$NETWORK_DIR/request.jsonl")"

step "the client fetches the output and checks its hash"
OUTPUT="${QUERN_DEMO_OUTPUT:-$NETWORK_DIR/fractal.png}"
quern job output "$JOB" --out "$OUTPUT" | sed 's/^/      /'
[ "$(head -c 8 "$OUTPUT" | od -An -tx1 | tr -d ' \n')" = 89504e470d0a1a0a ] || die "the output is no PNG"
note "a picture: $OUTPUT ($(stat -c %s "$OUTPUT") bytes)"

step "the client accepts, the job settles"
quern --key $CLIENT job accept "$JOB" >/dev/null
settled() { [ "$(json job show "$JOB" | jq -r '.state')" = Settled ]; }
wait_for 60 "the settlement" settled

step "who paid and got what"
CLIENT_AFTER="$(json account $CLIENT | jq -r '.free')"
PROVIDER_AFTER="$(json account $PROVIDER | jq -r '.free')"
PRICE_AFTER="$(json pool show $CLASS | jq -r 'if type == "array" then .[0] else . end | .spot_human')"
json economics >"$NETWORK_DIR/economics.json"
