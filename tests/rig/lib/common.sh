# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# shellcheck disable=SC2034  # used by the scripts that source this file
# What every script of the rig needs: places, exit codes, messages.

RIG_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
PROJECT_DIR=$(cd "$RIG_DIR/../.." && pwd -P)
CACHE=${PVDRM_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/pvdrm}

# The names of sysexits.h where one fits.
EX_USAGE=64 EX_MISSING=69 EX_LOG=70 EX_TIMEOUT=75

# The three kernels, oldest first, and the Debian release each comes from.
KERNELS="6.1 6.12 7.2"
kernel_suite() {
	case $1 in
	6.1) echo bookworm ;;
	6.12) echo trixie ;;
	7.2) echo forky ;;
	*) return 1 ;;
	esac
}

RIG_NAME=${RIG_NAME:-rig}

# say TEXT: progress, with the seconds since the script began.
say() {
	printf '%s: %3ds %s\n' "$RIG_NAME" "$SECONDS" "$*" >&2
}

# die STATUS TEXT: one line that says what is wrong and what to do.
die() {
	local status=$1
	shift
	printf '%s: %s\n' "$RIG_NAME" "$*" >&2
	exit "$status"
}

# need_root "$0" "$@": the rig makes roots, mounts and namespaces of its own.
need_root() {
	[ "$(id -u)" = 0 ] && return
	command -v sudo >/dev/null ||
		die "$EX_MISSING" "needs root: log in as root, or install sudo"
	# Without a terminal sudo could not ask for a password.
	[ -t 0 ] || sudo -n true 2>/dev/null ||
		die "$EX_MISSING" "needs root: run as root, or allow sudo without a password"
	exec sudo --preserve-env="HOME,PVDRM_CACHE,XDG_CACHE_HOME,TERM,$(compgen -v RIG_ | paste -sd,)" -- "$@"
}

# give_back PATH...: after sudo, what we made in the project is the caller's.
give_back() {
	[ -z "${SUDO_UID:-}" ] || chown -R "$SUDO_UID:${SUDO_GID:-$SUDO_UID}" "$@"
}

# need_space DIR MIB
need_space() {
	local free
	free=$(df -Pm "$1" | awk 'NR == 2 { print $4 }')
	[ "${free:-0}" -ge "$2" ] ||
		die "$EX_MISSING" "no disk space: $1 has $free MiB free, $2 needed; free some, or set PVDRM_CACHE to another disk"
}
