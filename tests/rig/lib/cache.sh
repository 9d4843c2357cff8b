# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# The cache: parts named by a hash of what they are made from. A part is built
# in a folder of its own and renamed when complete, so there is never half of one.

# part_inputs PART: the files that decide what a part looks like.
part_inputs() {
	case $1 in
	emulator) echo packages/emulator lib/apt.sh lib/make-emulator.sh ;;
	kernels) echo packages/modules lib/apt.sh lib/make-kernels.sh ;;
	build) echo packages/build lib/apt.sh lib/make-build.sh ;;
	apps) part_inputs image; echo packages/apps ;;
	image) echo packages/image packages/initrd-dom0 packages/initrd-domu packages/initrd-late \
		programs/init.c programs/contiguous.[ch] programs/remote.c lib/make-image.sh ;;
	# Not the build root: any package added there would compile the kernel anew.
	debug) echo lib/apt.sh lib/make-debug.sh debug/make-debug debug/debug.config debug/*.patch ;;
	image-debug) echo lib/make-debug.sh ;;
	vkms) echo lib/apt.sh ../vkms/build ;;
	hvm) echo lib/apt.sh ../hvm/build ;;
	mesa) echo lib/apt.sh ../mesa/packages ../mesa/build ;;
	deb-*) echo packages/deb-build packages/deb-clean packages/rpm lib/apt.sh ../packages/roots.sh ;;
	esac
}

# part_needs PART: the parts it is made from.
part_needs() {
	case $1 in
	image | apps) echo kernels build ;;
	hvm) echo kernels ;;
	image-debug) echo image debug ;;
	esac
}

part_hash() {
	local f part
	{
		for f in $(cd "$RIG_DIR" && part_inputs "$1"); do
			echo "$f"
			cat "$RIG_DIR/$f"
		done
		for part in $(part_needs "$1"); do
			part_hash "$part"
		done
	} | sha256sum | cut -c1-16
}

# part_dir PART: where it is, or will be.
part_dir() {
	echo "$CACHE/$1-$(part_hash "$1")"
}

# part_ready PART
part_ready() {
	[ -d "$(part_dir "$1")" ]
}

# part_make PART MAKER: build it unless somebody has; MAKER gets an empty folder.
part_make() {
	local part=$1 maker=$2 dir
	dir=$(part_dir "$part")
	mkdir -p "$CACHE" || return 1
	(
		flock 9
		if [ ! -d "$dir" ]; then
			# Left by an interrupted run: nobody else can be in here.
			rm -rf --one-file-system "$CACHE/.new.$part".*
			new=$CACHE/.new.$part.$$
			mkdir "$new" || exit 1
			"$maker" "$new" || { rm -rf --one-file-system "$new"; exit 1; }
			# Somebody may have edited what it was made from meanwhile.
			[ "$(part_dir "$part")" = "$dir" ] || { rm -rf --one-file-system "$new"; exit 1; }
			mv "$new" "$dir" || exit 1
		fi
		touch "$dir"
		# Older versions stay a while: another checkout may use them.
		find "$CACHE" -maxdepth 1 -name "$part-????????????????" ! -path "$dir" -mtime +7 -exec rm -rf --one-file-system {} +
	) 9>"$CACHE/.lock.$part"
}
