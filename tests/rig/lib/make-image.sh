# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# The one root image, read-only for dom0 and all guests, and an initial ramdisk
# per kernel. The rig's own scripts are not in it: they come on a second disk, so
# changing one does not remake the image.

make_image() {
	say "image: trixie with Xen's tools and Mesa, the root of dom0 and guests"
	make_root trixie "$1/root" "$RIG_DIR/packages/image" || return 1
	finish_image "$1"
}

# make_apps: the same with other people's programs, apart because it is larger and
# only tests/check-apps needs it. Of piglit, its programs are: not the two gigabytes of
# generated shaders.
make_apps() {
	say "apps: the image once more, with other people's programs"
	cat "$RIG_DIR/packages/image" "$RIG_DIR/packages/apps" >"$1/list"
	make_root trixie "$1/root" "$1/list" || return 1
	rm -rf "$1/list" "$1"/root/usr/lib/*/piglit/generated_tests
	finish_image "$1"
}

# finish_image PART: what is not a package's
finish_image() {
	local kernels v
	kernels=$(part_dir kernels)
	mkdir -p "$1/root/rig" "$1/root/job" "$1/root/usr/lib/modules"
	cp -r "$kernels"/modules/lib/modules/* "$1/root/usr/lib/modules/" || return 1
	add_program "$1/root/usr/local/bin/remote" "$RIG_DIR/programs/remote.c" || return 1
	add_program "$1/init" "$RIG_DIR/programs"/{init,contiguous}.c || return 1
	for v in $KERNELS; do
		make_initrd "$(cat "$kernels/version-$v")" "$1" "$1/initrd-$v" || return 1
		# dom0 starts guests from its own root.
		cp "$1/initrd-$v" "$kernels/vmlinux-$v" "$1/root/boot/" || return 1
	done
	rm -rf "$1"/root/var/cache/apt/* "$1"/root/var/lib/apt/lists/*
	say "writing the file system"
	# erofs: a quarter of ext4's module to load, and it cannot be written.
	mkfs.erofs "$1/root.img" "$1/root" >/dev/null || return 1
	rm -rf "$1/root" "$1/init"
}

# add_program OUT SOURCE...: static, so that it runs wherever it is put.
add_program() {
	# shellcheck disable=SC2016  # expanded in the build root
	"$RIG_DIR/in-build-root" sh -c 'gcc -O2 -Wall -Werror -static -s -o /tmp/out "$@" && cat /tmp/out' sh \
		"${@:2}" >"$1" || return 1
	chmod 755 "$1"
}

# module_paths KVER ROOT LIST: the files of these modules in the order to load them.
module_paths() {
	sed 's/#.*//' "$3" | while read -r name; do
		[ -z "$name" ] || modprobe -S "$1" -d "$2" --show-depends "$name" || return 1
	done | sed -n 's/^insmod \([^ ]*\).*/\1/p' | awk '!seen[$0]++'
}

# make_initrd KVER PART OUT
make_initrd() {
	local kver=$1 root=$2/root ram=$2/ram name role
	mkdir -p "$ram"/{dev,proc,sys,modules,lower,over,root}
	cp "$2/init" "$ram/init" || return 1
	for role in dom0 domu late; do
		module_paths "$kver" "$root" "$RIG_DIR/packages/initrd-$role" | while read -r name; do
			cp "$name" "$ram/modules/" || return 1
			echo "modules/$(basename "$name")"
		done >"$ram/modules/order.$role"
		[ -s "$ram/modules/order.$role" ] || return 1
	done
	(cd "$ram" && find . | cpio --quiet -o -H newc -R 0:0) >"$3" || return 1
	rm -rf "$ram"
}
