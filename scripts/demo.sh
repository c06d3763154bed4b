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
STEP="setting up and building"
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
INPUT="width=960 height=640 x=-0.743643887 y=0.131825904 zoom=200 iterations=1500"

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

step "the operator bonds stake, allocates half of it to the class, and registers its node"
quern --key $PROVIDER provider bond 1000 --allocate $CLASS 50% >/dev/null 2>&1
note "Charlie bonded 1000 QRN and allocated half to $CLASS"
wait_for 60 "the daemon to know its chain" curl -sf -o /dev/null "http://$DAEMON/identity?provider=5FLSigC9HGRKVhB9FiEo4Y3koPsNmBmLJbpXg2mp1hXcS59Y"
quern --key $PROVIDER provider register --endpoint "$DAEMON" --class $CLASS 2>/dev/null | sed 's/^/      /'

step "validators' off-chain workers poll /gpu-check and attest"
allowance() { json provider status $PROVIDER | jq -r '.books[0].allowance_ms // 0'; }
# Two served minutes: one for the pool, one to sell.
allowed() { [ "$(allowance)" -ge 120000 ]; }
wait_for 300 "two attested minutes" allowed
active() { [ "$(json stake operator $PROVIDER | jq -r '.allocations[0].active')" != 0 ]; }
wait_for 240 "the allocation to be active" active
note "allowance: $(allowance) ms of $CLASS time, earned by being there"

step "the pool opens: claims from the provider, tokens from the treasury"
quern --key $PROVIDER provider open-pool $CLASS $OPEN >/dev/null
quern pool show $CLASS | sed 's/^/      /'

step "the provider offers $OFFER more of GPU time"
quern --key $PROVIDER provider offer $CLASS $OFFER --min-proceeds 0.001 >/dev/null 2>&1
sold() { [ "$(json provider status $PROVIDER | jq -r '.books[0].offered_ms')" = 0 ]; }
wait_for 60 "the batch to clear" sold
quern provider status $PROVIDER | tail -n 5 | sed 's/^/      /'

step "the client asks for a quote and requests a job"
# Exact planck of one field, summed over every era so far.
figure() {
	local era sum=0
	for era in $(seq 0 "$(json economics | jq -r .current_era)"); do
		sum="$(calc "$sum + $(json economics --era "$era" | jq -r ".$1")")"
	done
	echo "$sum"
}
FIGURES="supply burned job_fees base_fees market_fees transaction_fees to_stakers to_treasury to_insurance to_authors"
snapshot() {
	local name
	for name in $FIGURES; do
		if [ "$name" = supply ]; then eval "supply_$1=$(json economics | jq -r .supply)"
		else eval "${name}_$1=$(figure "$name")"; fi
	done
	eval "client_$1=$(json account $CLIENT | jq -r '[.free, .held] | join("+")')"
	eval "provider_$1=$(json account $PROVIDER | jq -r .free)"
	eval "price_$1='$(json pool show $CLASS | jq -r '.[0].spot_human')'"
}
snapshot before
quern quote $CLASS $DURATION | sed 's/^/      /'
note "program: $(basename "$JOB_FRACTAL"), $(stat -c %s "$JOB_FRACTAL") bytes; input: $INPUT"
quern --json --key $CLIENT job request --class $CLASS --duration $DURATION --program "$JOB_FRACTAL" \
	--input-text "$INPUT" --pace $DURATION --output-limit 1MiB --serve 127.0.0.1:0 --wait \
	2>"$NETWORK_DIR/request.err" | tee "$NETWORK_DIR/request.jsonl" |
	jq -r --unbuffered 'if .event == "requested" then "      job \(.job) requested, at most \(.max_cost_human) and a job fee of \(.fee_held_human // "6 %")"
		elif .event == "state" then "      block \(.block): \(.state)" else empty end' ||
	{ cat "$NETWORK_DIR/request.err" >&2; die "the job was not done"; }
JOB="$(jq -r 'select(.event == "requested") | .job' "$NETWORK_DIR/request.jsonl")"

step "the client fetches the output and checks its hash"
OUTPUT="${QUERN_DEMO_OUTPUT:-$CARGO_TARGET_DIR/demo-fractal.png}"
quern job output "$JOB" --out "$OUTPUT" 2>/dev/null | sed 's/^/      /'
[ "$(head -c 8 "$OUTPUT" | od -An -tx1 | tr -d ' \n')" = 89504e470d0a1a0a ] || die "the output is no PNG"
note "look at it: $OUTPUT"

step "the client accepts, the job settles"
quern --key $CLIENT job accept "$JOB" >/dev/null
json job watch "$JOB" | tail -n 1 >"$NETWORK_DIR/job.json"
[ "$(jq -r .state "$NETWORK_DIR/job.json")" = Settled ] || die "job $JOB is $(jq -r .state "$NETWORK_DIR/job.json")"
note "$(quern job watch "$JOB" 2>/dev/null | tail -n 1)"

step "who paid and got what"
snapshot after
delta() { eval "calc \"\$${1}_after - (\$${1}_before)\""; }
of_job() { jq -r ".$1" "$NETWORK_DIR/job.json"; }
client_delta="$(delta client)"
row() { printf '      %-46s %22s QRN\n' "$1" "$2"; }
row "client: GPU time bought in the market" "$(qrn "-$(of_job paid)")"
row "client: job fee on the part used" "$(qrn "-$(of_job fee_charged)")"
row "client: congestion base fee on it" "$(qrn "$(calc "0 - $(of_job base_fee_charged)")")"
row "client: its transactions" "$(qrn "$(calc "$client_delta + $(of_job paid) + $(of_job fee_charged) + $(of_job base_fee_charged)")")"
row "client: in all" "$(qrn "$client_delta")"
note "client: $(of_job claims_returned_human) of $DURATION came back as claims, to use or sell"
row "provider: proceeds released on delivery" "$(qrn "$(delta provider)")"
row "to the stakers' pot" "$(qrn "$(delta to_stakers)")"
row "to the treasury" "$(qrn "$(delta to_treasury)")"
row "to the insurance fund" "$(qrn "$(delta to_insurance)")"
row "to block authors" "$(qrn "$(delta to_authors)")"
row "burned" "$(qrn "$(delta burned)")"
row "total issuance" "$(qrn "$(delta supply)")"
note "price of $CLASS: $price_before before, $price_after after"

# Legs and burn must sum to the fees, and issuance must have fallen by what was burned: to the planck.
fees="$(calc "$(delta job_fees) + $(delta base_fees) + $(delta market_fees) + $(delta transaction_fees)")"
legs="$(calc "$(delta to_stakers) + $(delta to_treasury) + $(delta to_insurance) + $(delta to_authors) + $(delta burned)")"
[ "$fees" = "$legs" ] || die "fees of $fees planck, but legs of $legs"
[ "$(calc "$(delta supply) + $(delta burned)")" = 0 ] || die "issuance and what was burned differ"
[ "$(calc "$(delta provider) > 0")" = 1 ] || die "the provider was not paid"
note "checked: the legs sum to the fees, and issuance fell by exactly what was burned"
quern check | sed 's/^/      /'

if [ -n "$THEN" ]; then
	STEP="running $THEN"
	printf '\n\033[1m%s\033[0m\n' "$STEP"
	QUERN_URL="$QUERN_URL" JOB_FRACTAL="$JOB_FRACTAL" JOB_PRIMES="$JOB_PRIMES" QUERN="$BIN/quern" bash -c "$THEN"
	quern check | sed 's/^/      /'
fi

printf '\n\033[1;32mdone in %d minutes and %d seconds\033[0m\n' $((SECONDS / 60)) $((SECONDS % 60))
if [ "$KEEP" = 1 ]; then
	STEP="keeping the network"
	cat <<-END

		The network runs until Ctrl-C.
		  Polkadot.js Apps   Settings > Development > Custom: $QUERN_URL
		  the client         export QUERN_URL=$QUERN_URL
		                     $BIN/quern pool show
		                     $BIN/quern --key //Eve job request --class $CLASS --duration 2s \\
		                       --program $JOB_PRIMES --input-text 'from=1 to=100000' --serve 127.0.0.1:0 --wait
		                     $BIN/quern economics
		  the daemon         curl http://$DAEMON/status
	END
	trap 'exit 0' INT TERM
	while :; do sleep 1; done
fi
