# A local network: two validators and what else is started, on free ports, cleaned up by process id.
# Source it after scripts/setup.sh. Everything lies under $NETWORK_DIR.

NETWORK_DIR="${NETWORK_DIR:-$(mktemp -d "${TMPDIR:-/tmp}/quern-network.XXXXXX")}"
BIN="$CARGO_TARGET_DIR/debug"
PIDS=()
KEEP_FILES=0

# Prints a TCP port that nothing listens on and that this function did not print before.
USED_PORTS=" "
free_port() {
	local port
	while :; do
		port=$((20000 + RANDOM % 20000))
		case "$USED_PORTS" in *" $port "*) continue ;; esac
		(exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && continue
		USED_PORTS+="$port "
		REPLY=$port
		return 0
	done
}

# start NAME COMMAND…: runs it in the background, its output in $NETWORK_DIR/NAME.log.
start() {
	local name=$1
	shift
	"$@" >"$NETWORK_DIR/$name.log" 2>&1 </dev/null &
	PIDS+=($!)
	eval "PID_${name//-/_}=$!"
}

# Whether a process runs; one that ended but was not waited for does not.
is_running() {
	local stat
	stat="$(cat "/proc/$1/stat" 2>/dev/null)" || return 1
	case "${stat##*) }" in Z*) return 1 ;; esac
}

stop_network() {
	local pid
	for pid in "${PIDS[@]:-}"; do
		[ -n "$pid" ] && kill -TERM "$pid" 2>/dev/null || true
	done
	for pid in "${PIDS[@]:-}"; do
		[ -n "$pid" ] || continue
		for _ in $(seq 100); do is_running "$pid" || break; sleep 0.1; done
		kill -KILL "$pid" 2>/dev/null || true
		wait "$pid" 2>/dev/null || true
	done
	PIDS=()
	[ "$KEEP_FILES" = 1 ] || rm -rf "$NETWORK_DIR"
}

rpc() {
	curl -sS --max-time 5 -H 'content-type: application/json' \
		-d "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"$1\",\"params\":${2:-[]}}" "http://127.0.0.1:$RPC_PORT"
}

# The peer id that belongs to the node key 0x00…01, which every local network may use.
FIRST_NODE_KEY=0000000000000000000000000000000000000000000000000000000000000001
FIRST_PEER_ID=12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp

# Two validators, alice and bob, on the chain `local`. Sets RPC_PORT and QUERN_URL (alice's).
start_validators() {
	local alice_p2p bob_p2p bob_rpc common
	free_port; RPC_PORT=$REPLY
	free_port; alice_p2p=$REPLY
	free_port; bob_rpc=$REPLY
	free_port; bob_p2p=$REPLY
	common=(--chain local --no-telemetry --no-mdns --no-prometheus --allow-private-ip
		--rpc-cors all --rpc-methods unsafe)
	start alice "$BIN/quern-node" "${common[@]}" --alice --base-path "$NETWORK_DIR/alice" \
		--port "$alice_p2p" --rpc-port "$RPC_PORT" --node-key "$FIRST_NODE_KEY"
	start bob "$BIN/quern-node" "${common[@]}" --bob --base-path "$NETWORK_DIR/bob" \
		--port "$bob_p2p" --rpc-port "$bob_rpc" \
		--bootnodes "/ip4/127.0.0.1/tcp/$alice_p2p/p2p/$FIRST_PEER_ID" \
		--node-key 0000000000000000000000000000000000000000000000000000000000000002
	export QUERN_URL="ws://127.0.0.1:$RPC_PORT"
}

# Waits until the chain finalises its Nth block (default the first); fails after two minutes.
wait_finalized() {
	local target=${1:-1} hash number
	for _ in $(seq 120); do
		for name in alice bob; do
			eval "is_running \$PID_$name" || { tail -n 20 "$NETWORK_DIR/$name.log" >&2; die "$name's node stopped"; }
		done
		hash="$(rpc chain_getFinalizedHead 2>/dev/null | jq -r '.result // empty' 2>/dev/null)"
		if [ -n "$hash" ]; then
			number="$(rpc chain_getHeader "[\"$hash\"]" | jq -r '.result.number // "0x0"')"
			[ $((number)) -ge "$target" ] && { FINALIZED=$((number)); return 0; }
		fi
		sleep 1
	done
	tail -n 20 "$NETWORK_DIR/alice.log" >&2
	die "no block was finalised within two minutes"
}
