# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Debian mirrors as this machine uses them, with another release's name.

KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg

# apt_entries: "URI suite" for each binary Debian entry of this machine's apt.
apt_entries() {
	local etc=${RIG_APT_ETC:-/etc/apt} f
	for f in "$etc/sources.list" "$etc"/sources.list.d/*.list; do
		[ -f "$f" ] || continue
		sed -n 's/#.*//; s/\[[^]]*\]//; s/^[[:space:]]*deb[[:space:]]\{1,\}//p' "$f" |
			awk '{ for (i = 3; i <= NF; i++) if ($i == "main") print $1, $2 }'
	done
	for f in "$etc"/sources.list.d/*.sources; do
		[ -f "$f" ] || continue
		# Stanzas end at an empty line; a value may go on in indented lines.
		sed '/^#/d; $a\\' "$f" | awk '
			function flush(  n, m, i, j, u, s) {
				if (v["types"] ~ /(^| )deb( |$)/ && v["components"] ~ /(^| )main( |$)/ &&
				    tolower(v["enabled"]) !~ /no|false|0/) {
					n = split(v["uris"], u, " "); m = split(v["suites"], s, " ")
					for (i = 1; i <= n; i++) for (j = 1; j <= m; j++) print u[i], s[j]
				}
				split("", v)
			}
			/^[[:space:]]*$/ { flush(); next }
			/^[[:space:]]/   { v[k] = v[k] " " $0; next }
			{ k = tolower($0); sub(/:.*/, "", k); x = $0; sub(/^[^:]*:[[:space:]]*/, "", x); v[k] = x }
			END { flush() }'
	done
}

# apt_sources SUITE: the sources.list lines for that Debian release.
apt_sources() {
	local suite=$1 codename main security
	codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-stable}")
	main=$(apt_entries | awk -v c="$codename" '$2 == c || $2 == "stable" { print $1; exit }')
	security=$(apt_entries | awk -v c="$codename" '$2 == c "-security" || $2 == "stable-security" { print $1; exit }')
	[ -n "$main" ] || return 1
	echo "deb [signed-by=$KEYRING] $main $suite main"
	# A release that is not out yet has a security archive without content.
	[ -z "$security" ] || [ "$suite" = forky ] ||
		echo "deb [signed-by=$KEYRING] $security $suite-security main"
}

# apt_options: this machine's proxies and date checks, as an apt.conf.
apt_options() {
	apt-config dump --format '%F "%v";%n' Acquire |
		grep -E '^Acquire::(https?|ftp|socks|Check-|Retries|ForceIPv|Max-ValidTime|Languages)' |
		grep -v ' "";$' || true
	echo 'Acquire::Languages "none";'
	echo 'Acquire::Retries "3";'
}

# apt_open DIR SUITE: a private apt for downloads from SUITE, state under DIR.
apt_open() {
	mkdir -p "$1/lists/partial" "$1/archives/partial"
	: >"$1/status"
	apt_sources "$2" >"$1/sources.list"
	{
		apt_options
		cat <<-CONF
		Dir::Etc::sourcelist "$1/sources.list";
		Dir::Etc::sourceparts "/dev/null";
		Dir::State "$1";
		Dir::State::status "$1/status";
		Dir::Cache "$1";
		APT::Architecture "amd64";
		APT::Sandbox::User "root";
		CONF
	} >"$1/apt.conf"
	APT_CONFIG=$1/apt.conf again 3 apt-get -qq update
}

# apt_newest DIR REGEX: the name of the newest package that matches.
apt_newest() {
	APT_CONFIG=$1/apt.conf apt-cache pkgnames | grep -E "^$2\$" | sort -V | tail -1
}

# apt_has DIR PACKAGE
apt_has() {
	[ -n "$(APT_CONFIG=$1/apt.conf apt-cache pkgnames "$2" | grep -xF -- "$2")" ]
}

# kernel_regex V: what follows linux-image- or linux-headers-, without the rt, cloud
# and unsigned variants.
kernel_regex() {
	echo "${1/./\\.}\.[0-9.]+(-[0-9]+|[+~]deb[0-9]+(u[0-9]+)?)-amd64"
}

# again TIMES COMMAND...: mirrors drop a connection now and then.
again() {
	local left=$1
	shift
	until "$@"; do
		left=$((left - 1))
		[ "$left" -gt 0 ] || return 1
		sleep 2
	done
}

# apt_unpack DIR INTO PACKAGE...: download these packages alone and unpack them.
apt_unpack() {
	local apt=$1 into=$2 deb
	shift 2
	mkdir -p "$apt/debs" "$into"
	(cd "$apt/debs" && APT_CONFIG=$apt/apt.conf again 3 apt-get -qq download "$@") || return 1
	for deb in "$apt/debs"/*.deb; do
		dpkg-deb --fsys-tarfile "$deb" | tar -x --keep-directory-symlink -C "$into" || return 1
		rm "$deb"
	done
}

# make_root SUITE DIR PACKAGE-LIST: a Debian root with these packages.
make_root() {
	local suite=$1 into=$2 list=$3 conf status=0
	conf=$(mktemp)
	apt_options >"$conf"
	apt_sources "$suite" | mmdebstrap --quiet --mode=root --variant=minbase --format=directory \
		--aptopt="$conf" --aptopt='APT::Install-Recommends "false"' \
		--dpkgopt=path-exclude='/usr/share/doc/*' \
		--dpkgopt=path-exclude='/usr/share/man/*' \
		--dpkgopt=path-exclude='/usr/share/locale/*' \
		--dpkgopt=path-exclude='/usr/share/info/*' \
		--dpkgopt=force-unsafe-io \
		--include="$(sed 's/#.*//' "$list" | xargs | tr ' ' ,)" \
		"$suite" "$into" - || status=$?
	rm -f "$conf" "$into/etc/apt/apt.conf.d/99mmdebstrap"
	return "$status"
}
