# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Xen, and for each kernel: vmlinux, and the modules the rig uses.

make_kernels() {
	local v suite apt
	for v in $KERNELS; do
		suite=$(kernel_suite "$v")
		apt=$1/apt-$suite
		apt_open "$apt" "$suite" || return 1
		say "kernels: Linux $v of $suite"
		add_kernel "$v" "$apt" "$1" || return 1
	done
	say "kernels: Xen of trixie"
	apt_unpack "$1/apt-trixie" "$1/unpacked" "$(apt_newest "$1/apt-trixie" 'xen-hypervisor-4\.20-amd64')" || return 1
	gzip -dc "$1"/unpacked/boot/xen-4.20-amd64.gz >"$1/xen" || return 1
	rm -rf "$1"/apt-* "$1/unpacked"
}

# add_kernel V APT INTO
add_kernel() {
	local v=$1 apt=$2 into=$3 kver name packages=()
	kver=$(apt_newest "$apt" "linux-image-$(kernel_regex "$v")" | sed 's/^linux-image-//')
	[ -n "$kver" ] || { say "no linux-image package for $v in $(kernel_suite "$v")"; return 1; }
	# Newer releases split the package.
	for name in "linux-image-$kver" "linux-binary-$kver" "linux-modules-$kver" "linux-base-$kver"; do
		! apt_has "$apt" "$name" || packages+=("$name")
	done
	apt_unpack "$apt" "$into/unpacked" "${packages[@]}" || return 1
	[ -d "$into/unpacked/lib/modules" ] || ln -s usr/lib "$into/unpacked/lib"
	extract_vmlinux "$(find "$into/unpacked/" -name 'vmlinuz*' | head -1)" "$into/vmlinux-$v" || return 1
	pick_modules "$into/unpacked" "$kver" "$into/modules" || return 1
	echo "$kver" >"$into/version-$v"
	rm -rf "$into/unpacked"
}

# extract_vmlinux BZIMAGE OUT: unpacked once here saves seconds at each boot.
extract_vmlinux() {
	local at length
	at=$((($(od -An -tu1 -j 0x1f1 -N 1 "$1") + 1) * 512 + $(od -An -tu4 -j 0x248 -N 4 "$1")))
	length=$(od -An -tu4 -j 0x24c -N 4 "$1")
	case $(tail -c "+$((at + 1))" "$1" | head -c 4 | od -An -tx1 | tr -d ' ') in
	fd377a58) set -- "$@" xz ;;
	28b52ffd) set -- "$@" zstd ;;
	1f8b*) set -- "$@" gzip ;;
	*) say "$1: unknown compression"; return 1 ;;
	esac
	# The payload's last four bytes are its size; the unpackers complain.
	tail -c "+$((at + 1))" "$1" | head -c "$length" | "$3" -dc >"$2" 2>/dev/null
	[ "$(head -c 4 "$2" | od -An -c | tr -d ' ')" = '177ELF' ]
}

# pick_modules UNPACKED KVER INTO: uncompressed, because they load faster.
pick_modules() {
	local from=$1 kver=$2 into=$3/lib/modules/$2 name path
	depmod -b "$from" "$kver" || return 1
	mkdir -p "$into"
	cp "$from/lib/modules/$kver"/modules.{builtin,builtin.modinfo,order} "$into/" || return 1
	sed 's/#.*//' "$RIG_DIR/packages/modules" | while read -r name; do
		[ -n "$name" ] || continue
		if ! modprobe -S "$kver" -d "$from" --show-depends "${name%\*}" 2>/dev/null; then
			[ "$name" != "${name%\*}" ] || { say "Linux $kver has no module $name"; return 1; }
		fi
	done | sed -n 's/^insmod \([^ ]*\).*/\1/p' | sort -u | while read -r path; do
		name=$into/${path#"$from/lib/modules/$kver/"}
		mkdir -p "$(dirname "$name")"
		case $path in
		*.xz) xz -dc "$path" >"${name%.xz}" ;;
		*.zst) zstd -qdc "$path" >"${name%.zst}" ;;
		*) cp "$path" "$name" ;;
		esac
	done
	depmod -b "$3" "$kver"
}
