#!/usr/bin/env bash
# Installs what building Quern needs and the machine lacks: Debian packages and Rust's Wasm target.
# Changes nothing when all is there. Source it (`. scripts/setup.sh`) to get the build's environment too.
#
#   CARGO_TARGET_DIR   where the build goes; outside the checkout, so that a fresh clone is quick
set -euo pipefail

export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$HOME/.cache/quern/target}"
QUERN_ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
WASM_TARGET=wasm32v1-none

say() { printf '\033[1m==> %s\033[0m\n' "$*" >&2; }
die() { printf 'error: %s\n' "$*" >&2; exit 1; }

as_root() {
	if [ "$(id -u)" = 0 ]; then "$@"
	elif command -v sudo >/dev/null; then sudo "$@"
	else die "not root, and no sudo: run as root once: $*"; fi
}

# --- Debian packages -----------------------------------------------------------------------------

PACKAGES=(ca-certificates build-essential protobuf-compiler clang libclang-dev cmake pkg-config libssl-dev mold git curl jq bc)

install_packages() {
	command -v dpkg-query >/dev/null || {
		say "not a Debian machine: install yourself, if missing: ${PACKAGES[*]}"
		return 0
	}
	local missing=() package
	for package in "${PACKAGES[@]}"; do
		[ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
	done
	[ ${#missing[@]} -eq 0 ] && return 0
	say "installing Debian packages: ${missing[*]}"
	as_root apt-get update -qq
	as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2
}

# --- Rust ----------------------------------------------------------------------------------------

find_rust() {
	[ -f "$HOME/.cargo/env" ] && . "$HOME/.cargo/env"
	command -v cargo >/dev/null || die "no cargo: install Rust 1.95 with rustup (https://rustup.rs), then run this again"
	(cd "$QUERN_ROOT" && rustc --version) >/dev/null ||
		die "the toolchain of rust-toolchain.toml is missing: rustup toolchain install 1.95.0"
}

has_wasm_target() {
	local lib
	lib="$(rustc --print sysroot)/lib/rustlib/$WASM_TARGET/lib"
	compgen -G "$lib/libcore-*.rlib" >/dev/null && compgen -G "$lib/liballoc-*.rlib" >/dev/null &&
		compgen -G "$lib/libcompiler_builtins-*.rlib" >/dev/null
}

# A scratch apt that knows one more suite of the machine's own Debian site, so that a package of
# another suite can be read without changing the machine's sources. Prints the .deb's path.
fetch_rust_src() {
	local version=$1 dir=$2 site suite
	site="$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' 2>/dev/null | grep -E '/debian/?$' | sort -u | head -n 1)"
	[ -n "$site" ] || die "found no Debian site among the machine's apt sources"
	mkdir -p "$dir/lists/partial" "$dir/cache/archives/partial" "$dir/parts"
	for suite in trixie-backports trixie sid; do
		printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s %s main\n' "$site" "$suite" >"$dir/sources.list"
		local options=(-o "Dir::Etc::sourcelist=$dir/sources.list" -o "Dir::Etc::sourceparts=$dir/parts"
			-o "Dir::State::lists=$dir/lists" -o "Dir::Cache=$dir/cache" -o APT::Sandbox::User=root)
		apt-get "${options[@]}" update -qq >&2 || continue
		local full
		full="$(apt-cache "${options[@]}" madison rust-src | awk '{print $3}' | grep -E "^$version\+" | head -n 1)"
		[ -n "$full" ] || continue
		(cd "$dir" && apt-get "${options[@]}" download -qq "rust-src=$full" >&2) && ls "$dir"/rust-src_*.deb && return 0
	done
	return 1
}

# Where rustup may download nothing, the target's three crates are compiled from Debian's rust-src
# of exactly this compiler's version.
build_wasm_target() {
	local version hash sysroot source work
	version="$(rustc --version | cut -d ' ' -f 2)"
	hash="$(rustc -vV | awk '/^commit-hash/ {print $2}')"
	sysroot="$(rustc --print sysroot)"
	source="$sysroot/lib/rustlib/src/rust"
	work="$(mktemp -d)"
	if [ ! -f "$source/library/core/src/lib.rs" ]; then
		local deb
		deb="$(fetch_rust_src "$version" "$work/apt")" || die "no rust-src $version in Debian's archive; with a network: rustup target add $WASM_TARGET"
		dpkg -x "$deb" "$work/deb"
		local unpacked=("$work"/deb/usr/src/rustc-*/)
		mkdir -p "$source"
		cp -r "$unpacked/library" "$source/"
		cp -n "$unpacked/Cargo.lock" "$source/"
		cp -n "$unpacked/Cargo.lock" "$source/library/"
	fi
	mkdir -p "$work/empty/src"
	printf '[package]\nname = "empty"\nversion = "0.0.0"\nedition = "2021"\n[workspace]\n' >"$work/empty/Cargo.toml"
	printf '#![no_std]\n' >"$work/empty/src/lib.rs"
	(
		cd "$work/empty"
		RUSTC_BOOTSTRAP=1 CARGO_PROFILE_RELEASE_CODEGEN_UNITS=1 CARGO_TARGET_DIR="$work/target" \
			RUSTFLAGS="-Cembed-bitcode=yes -Cpanic=abort --remap-path-prefix=$source=/rustc/$hash" \
			cargo build --release --target "$WASM_TARGET" -Zbuild-std=core,alloc >&2
	)
	local lib="$sysroot/lib/rustlib/$WASM_TARGET/lib"
	mkdir -p "$lib"
	cp "$work/target/$WASM_TARGET/release/deps/"lib{core,alloc,compiler_builtins}-*.rlib "$lib/"
	rm -rf "$work"
}

install_wasm_target() {
	(cd "$QUERN_ROOT" && has_wasm_target) && return 0
	say "installing Rust's Wasm target ($WASM_TARGET)"
	cd "$QUERN_ROOT"
	if [ "${RUSTUP_AUTO_INSTALL:-1}" != 0 ] && command -v rustup >/dev/null && rustup target add "$WASM_TARGET" >&2; then
		:
	else
		build_wasm_target
	fi
	has_wasm_target || die "the Wasm target is still missing"
}

install_packages
find_rust
install_wasm_target
# rust-toolchain.toml decides; a RUSTC left in the environment would not.
cd "$QUERN_ROOT"
