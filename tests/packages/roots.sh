# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# roots.sh: for each release a root to build packages in and one to install them in.
# Sourced by tests/check-packages, after the rig's libraries.

# make_deb SUITE DIR: called by part_make.
make_deb()
{
	local suite=$1 into=$2
	say "packages: roots of $suite"
	make_root "$suite" "$into/build" <(
		cat "$RIG_DIR/packages/deb-build"
		[ "$suite" != trixie ] || cat "$RIG_DIR/packages/rpm"
	) || return 1
	make_root "$suite" "$into/clean" "$RIG_DIR/packages/deb-clean" || return 1
	# A user's root excludes nothing.
	rm -f "$into"/clean/etc/dpkg/dpkg.cfg.d/99mmdebstrap
	fetch_wanted "$suite" "$into/clean" || return 1
	mkdir "$into/over"
	rm -rf "$into"/build/var/{cache/apt,lib/apt/lists}/*
}

# fetch_wanted SUITE ROOT: what the packages will need, to be installed without a network
fetch_wanted()
{
	local root=$2
	apt_sources "$1" >"$root/etc/apt/sources.list"
	apt_options >"$root/etc/apt/apt.conf.d/90proxy"
	echo 'APT::Install-Recommends "false";' >>"$root/etc/apt/apt.conf.d/90proxy"
	echo force-unsafe-io >"$root/etc/dpkg/dpkg.cfg.d/unsafe-io"
	mkdir -p "$root$(dirname "$KEYRING")"
	cp -n "$KEYRING" "$root$KEYRING"
	cp /etc/resolv.conf "$root/etc/resolv.conf"
	again 3 chroot "$root" apt-get -qq update || return 1
	again 3 chroot "$root" apt-get -qq install -y --download-only \
		libxenstore4 libseccomp2 linux-headers-amd64 bash-completion
}
