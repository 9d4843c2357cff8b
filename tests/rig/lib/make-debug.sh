# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# The debug kernel: Linux 6.12 from Debian's source with everything that finds
# mistakes (docs/rig.md, "The debug kernel"), and an image that has it.

# make_debug: vmlinux-debug, version-debug, modules, and headers to build against.
make_debug() {
	local apt=$1/apt
	say "debug kernel: Debian's source of Linux 6.12"
	apt_open "$apt" trixie && apt_unpack "$apt" "$1/deb" linux-source-6.12 || return 1
	mkdir "$1/source"
	tar -xJf "$1/deb/usr/src/linux-source-6.12.tar.xz" -C "$1/source" --strip-components=1 || return 1
	cp "$RIG_DIR"/debug/* "$1/source/" || return 1
	say "debug kernel: compiling, 10 to 20 minutes on two cores"
	RIG_DEBUG_PART=$1 "$RIG_DIR/in-build-root" bash /opt/debug/source/make-debug >&2 || return 1
	depmod -b "$1/modules" "$(cat "$1/version-debug")" || return 1
	rm -rf "$1"/{apt,deb,source}
}

# make_image-debug: the usual image with one more kernel in it.
make_image-debug() {
	local usual debug kver
	usual=$(part_dir image) debug=$(part_dir debug)
	kver=$(cat "$debug/version-debug")
	say "image: adding the debug kernel"
	fsck.erofs --extract="$1/root" "$usual/root.img" >/dev/null || return 1
	cp -r "$debug"/modules/lib/modules/* "$1/root/usr/lib/modules/" || return 1
	add_program "$1/init" "$RIG_DIR/programs"/{init,contiguous}.c || return 1
	make_initrd "$kver" "$1" "$1/initrd-debug" || return 1
	cp "$debug/vmlinux-debug" "$1/initrd-debug" "$1/root/boot/" || return 1
	mkfs.erofs "$1/root.img" "$1/root" >/dev/null || return 1
	rm -rf "$1/root" "$1/init"
	# Linked: it has all that the usual one has, and dom0's kernel.
	ln "$usual"/initrd-* "$debug/vmlinux-debug" "$1/" || return 1
}
