# Node.js and the packages of scripts/polkadot-api, as its lock file names them. Source it after scripts/setup.sh.

if ! command -v npm >/dev/null; then
	say "installing Debian packages: nodejs npm"
	as_root apt-get update -qq
	as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends nodejs npm >&2
fi
[ -d "$QUERN_ROOT/scripts/polkadot-api/node_modules/@polkadot/api" ] ||
	npm ci --prefix "$QUERN_ROOT/scripts/polkadot-api" --no-audit --no-fund --silent
