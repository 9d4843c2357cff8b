# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# One emulator for every host distribution: QEMU 11, Xvfb and Mesa from forky.

make_emulator() {
	say "emulator: QEMU, Xvfb and Mesa of forky, to emulate a PC with a GPU"
	make_root forky "$1/root" "$RIG_DIR/packages/emulator" || return 1
	rm -rf "$1"/root/var/cache/apt/* "$1"/root/var/lib/apt/lists/*
	mkdir -p "$1/root/run/rig" "$1/root/run/parts"
}
