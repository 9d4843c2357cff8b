# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2086  # used by run; lists of words
# The command line of tests/rig/run.

usage_text() {
	cat <<-'TEXT'
	usage: tests/rig/run [OPTION]... -- COMMAND...
	  --gpu virtio|venus|nouveau|vgem|none  dom0's GPU (virtio: OpenGL by virgl;
	                             venus: Vulkan as well)
	  --guest pvh|pv|none        kind of guest (pvh)
	  --image image|apps         what dom0 and guests have installed (image; apps has
	                             other people's programs)
	  --guests N                 how many, 1 to 8 (1)
	  --dom0-kernel V            6.1, 6.12, 7.2 or debug (6.12)
	  --domu-kernel V            the same for guests
	  --smp N                    CPUs of dom0 and of each guest (2)
	  --attach, --no-attach      load PVDRM and give guests the GPU, or not (attach)
	  --put FILE                 into COMMAND's working directory
	  --get FILE                 from COMMAND's working directory to this one
	  --in dom0|domu             where COMMAND runs (domu; dom0 without guests)
	  --shell                    a console there instead of COMMAND
	  --timeout S                COMMAND's time in seconds (600)
	Exit status: COMMAND's; 64 usage, 69 something is missing, 70 a bad line in a
	log, 75 a step took too long. More: docs/rig.md
	TEXT
}

usage_error() {
	die "$EX_USAGE" "$1; see tests/rig/run --help"
}

# one_of OPTION VALUE CHOICE...
one_of() {
	local option=$1 value=$2 choice
	shift 2
	for choice; do
		[ "$value" != "$choice" ] || return 0
	done
	usage_error "$option takes one of: $*; not '$value'"
}

# number OPTION VALUE LOW HIGH
number() {
	case $2 in
	'' | *[!0-9]* | ??????*) ;;
	*) [ "$2" -lt "$3" ] || [ "$2" -gt "$4" ] || return 0 ;;
	esac
	usage_error "$1 takes a number from $3 to $4, not '$2'"
}

parse_options() {
	GPU=virtio GUEST=pvh GUESTS='' DOM0_KERNEL=6.12 DOMU_KERNEL=6.12 SMP=2 ATTACH=yes
	PUT=() GET=() RUN_IN='' RUN_SHELL=no TIMEOUT=600 COMMAND=()
	while [ $# -gt 0 ]; do
		case $1 in
		--attach) ATTACH=yes; shift; continue ;;
		--no-attach) ATTACH=no; shift; continue ;;
		--shell) RUN_SHELL=yes; shift; continue ;;
		--help | -h) usage_text; exit 0 ;;
		--) shift; COMMAND=("$@"); break ;;
		--gpu | --image | --guest | --guests | --dom0-kernel | --domu-kernel | --smp | --put | --get | --in | --timeout)
			[ $# -ge 2 ] || usage_error "$1 needs a value" ;;
		-*) usage_error "unknown option $1" ;;
		*) usage_error "put -- before the command '$1'" ;;
		esac
		case $1 in
		--gpu) one_of "$1" "$2" virtio venus nouveau vgem none; GPU=$2 ;;
		--image) one_of "$1" "$2" image apps; IMAGE=$2 ;;
		--guest) one_of "$1" "$2" pvh pv none; GUEST=$2 ;;
		--guests) number "$1" "$2" 1 8; GUESTS=$2 ;;
		--dom0-kernel) one_of "$1" "$2" $KERNELS debug; DOM0_KERNEL=$2 ;;
		--domu-kernel) one_of "$1" "$2" $KERNELS debug; DOMU_KERNEL=$2 ;;
		--smp) number "$1" "$2" 1 16; SMP=$2 ;;
		--put) [ -f "$2" ] && [ -r "$2" ] || usage_error "--put $2: no such file"; PUT+=("$2") ;;
		--get) GET+=("$2") ;;
		--in) one_of "$1" "$2" dom0 domu; RUN_IN=$2 ;;
		--timeout) number "$1" "$2" 1 86400; TIMEOUT=$2 ;;
		esac
		shift 2
	done
	check_options
}

check_options() {
	if [ "$GUEST" = none ]; then
		[ "$RUN_IN" != domu ] || usage_error "--in domu needs a guest: leave out --guest none"
		[ -z "$GUESTS" ] || usage_error "--guests $GUESTS contradicts --guest none"
		GUESTS=0 RUN_IN=dom0
	fi
	[ -n "$GUESTS" ] || GUESTS=1
	[ -n "$RUN_IN" ] || RUN_IN=domu
	[ "$GPU" != none ] || ATTACH=no
	if [ "$RUN_SHELL" = yes ]; then
		[ ${#COMMAND[@]} = 0 ] || usage_error "--shell takes no command"
	else
		[ ${#COMMAND[@]} -gt 0 ] || usage_error "no command: add -- COMMAND, or --shell"
	fi
}
