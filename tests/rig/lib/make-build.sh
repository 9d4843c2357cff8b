# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# The build root: trixie's compilers and, unpacked, the headers of three kernels.

make_build() {
	local root=$1/root v suite apt
	say "build root: compilers and checkers of trixie, to build and check the modules and tools"
	make_root trixie "$root" "$RIG_DIR/packages/build" || return 1
	for v in $KERNELS; do
		suite=$(kernel_suite "$v")
		apt=$1/apt-$suite
		apt_open "$apt" "$suite" || return 1
		add_headers "$v" "$apt" "$root" >>"$1/env" || return 1
	done
	say "build root: checkpatch from trixie's kernel source"
	add_checkpatch "$1/apt-trixie" "$root" "$1" || return 1
	# trixie's sparse does not parse the newest headers.
	apt_unpack "$1/apt-forky" "$1/sparse" sparse || return 1
	cp "$1"/sparse/usr/bin/{sparse,cgcc} "$root/usr/local/bin/" || return 1
	mkdir "$1/over"
	rm -rf "$1"/apt-* "$1/sparse" "$root"/var/cache/apt/* "$root"/var/lib/apt/lists/*
}

# add_headers V APT ROOT: print the variables that name what was added.
add_headers() {
	local v=$1 apt=$2 root=$3 kver kbuild key=${1/./_}
	say "build root: headers of Linux $v"
	kver=$(apt_newest "$apt" "linux-headers-$(kernel_regex "$v")" | sed 's/^linux-headers-//')
	[ -n "$kver" ] || { say "no linux-headers package for $v in $(kernel_suite "$v")"; return 1; }
	# The oldest release has one kbuild package for all its kernels.
	kbuild=linux-kbuild-${kver%-amd64}
	apt_has "$apt" "$kbuild" || kbuild=linux-kbuild-$v
	apt_unpack "$apt" "$root" "linux-headers-$kver" "linux-headers-${kver%-amd64}-common" "$kbuild" || return 1
	apt_unpack "$apt" "$root/opt/uapi-$v" linux-libc-dev || return 1
	echo "KDIR_$key=/usr/src/linux-headers-$kver"
	echo "UAPI_$key=/opt/uapi-$v/usr/include"
}

add_checkpatch() {
	local apt=$1 root=$2 work=$3 scripts=linux-source-6.12/scripts
	apt_unpack "$apt" "$work/source" linux-source-6.12 || return 1
	mkdir -p "$root/opt/linux/scripts"
	tar -xJf "$work/source/usr/src/linux-source-6.12.tar.xz" -C "$root/opt/linux" --strip-components=1 \
		"$scripts/checkpatch.pl" "$scripts/spelling.txt" "$scripts/const_structs.checkpatch" \
		linux-source-6.12/.clang-format || return 1
	rm -rf "$work/source"
	echo "CHECKPATCH=/opt/linux/scripts/checkpatch.pl" >>"$work/env"
}
