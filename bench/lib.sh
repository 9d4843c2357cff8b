# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Shared by the benchmarks that run on the host.

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(dirname "$here")

die() {
	echo "bench: $*" >&2
	exit 1
}

# start_work NAME: the current folder is then build/NAME, and empty
start_work() {
	work=$top/build/$1
	rm -rf "$work"
	mkdir -p "$work" || die "cannot write build/$1"
	cd "$work" || exit
}
