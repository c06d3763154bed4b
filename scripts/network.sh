# A local network: validators and what else is started, on free ports, cleaned up by process id.
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

# start_validators [CHAIN [NAME…]]: validators on a chain of that name, the first one its boot node; by
# default alice and bob on `local`. Sets RPC_PORT and QUERN_URL (the first one's).
VALIDATORS=()
start_validators() {
	local chain=${1:-local}
	shift || true
	VALIDATORS=("$@")
	[ ${#VALIDATORS[@]} -gt 0 ] || VALIDATORS=(alice bob)
	CHAIN=$chain
	local name first_p2p
	for name in "${VALIDATORS[@]}"; do
		if [ "$name" = "${VALIDATORS[0]}" ]; then
			free_port; first_p2p=$REPLY
			free_port; RPC_PORT=$REPLY
			BOOT_NODE="/ip4/127.0.0.1/tcp/$first_p2p/p2p/$FIRST_PEER_ID"
			start_validator "$name" "$name" --port "$first_p2p" --rpc-port "$RPC_PORT" --node-key "$FIRST_NODE_KEY"
		else
			start_validator "$name" "$name" --bootnodes "$BOOT_NODE"
		fi
	done
	export QUERN_URL="ws://127.0.0.1:$RPC_PORT"
}

# start_validator NAME KEYS OPTION…: a node called NAME with the development keys KEYS (alice, bob, …).
# A second one with the same keys is how a validator equivocates.
start_validator() {
	local name=$1 keys=$2
	shift 2
	local ports=()
	case " $* " in
		*" --port "*) ;;
		*)
			free_port; ports+=(--port "$REPLY")
			free_port; ports+=(--rpc-port "$REPLY" --node-key "$(od -An -N32 -tx1 /dev/urandom | tr -d ' \n')")
			;;
	esac
	start "$name" "$BIN/quern-node" --chain "$CHAIN" --no-telemetry --no-mdns --no-prometheus --allow-private-ip \
		--rpc-cors all --rpc-methods unsafe "--$keys" --name "$name" --base-path "$NETWORK_DIR/$name" "${ports[@]}" "$@"
}

# Waits until the chain finalises its Nth block (default the first); fails after two minutes.
wait_finalized() {
	local target=${1:-1} hash number name
	for _ in $(seq 120); do
		for name in "${VALIDATORS[@]}"; do
			eval "is_running \$PID_${name//-/_}" || { tail -n 20 "$NETWORK_DIR/$name.log" >&2; die "$name's node stopped"; }
		done
		hash="$(rpc chain_getFinalizedHead 2>/dev/null | jq -r '.result // empty' 2>/dev/null)" || hash=
		if [ -n "$hash" ]; then
			number="$(rpc chain_getHeader "[\"$hash\"]" | jq -r '.result.number // "0x0"')"
			[ $((number)) -ge "$target" ] && { FINALIZED=$((number)); return 0; }
		fi
		sleep 1
	done
	tail -n 20 "$NETWORK_DIR/${VALIDATORS[0]}.log" >&2
	die "no block was finalised within two minutes"
}
