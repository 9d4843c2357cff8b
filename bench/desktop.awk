# SPDX-License-Identifier: GPL-2.0-only
# desktop.awk: lines of in-dom0-desktop to two tables

BEGIN {
	# Microseconds, of docs/bench.md, "What hardware would do"
	SEND = 5.4
	GET = 4.8
	WAKE = 3
	n = split("9 GEM_CLOSE 12 GET_CAP 45 PRIME_HANDLE_TO_FD 46 PRIME_FD_TO_HANDLE 65 MAP 66 EXECBUFFER 67 GETPARAM " \
		"68 RESOURCE_CREATE 69 RESOURCE_INFO 70 TRANSFER_FROM_HOST 71 TRANSFER_TO_HOST 72 WAIT 73 GET_CAPS " \
		"74 RESOURCE_CREATE_BLOB 75 CONTEXT_INIT", names, " ")
	for (i = 1; i < n; i += 2)
		ioctl_name[names[i]] = names[i + 1]
}

function kind(how, number) {
	if (how == "op")
		return op_name[number]
	return number % 256 in ioctl_name ? ioctl_name[number % 256] : sprintf("ioctl 0x%02x", number % 256)
}

function per_frame(name) {
	return total[run, name] / total[run, "frames"]
}

# The frontend lists the requests by op, in the order of their numbers.
function learn_op(name) {
	if (!(name in known_op)) {
		known_op[name] = 1
		op_name[ops++] = name
	}
}

{
	run = $1
	if (!(run in known_run)) {
		known_run[run] = 1
		order[++runs] = run
	}
	sign = $2 == "after" ? 1 : -1
}

$3 ~ /^requests-/ { learn_op(substr($3, 10, length($3) - 10)) }

$3 ~ /:$/ { total[run, substr($3, 1, length($3) - 1)] += sign * $4 }

$3 == "thread" { program[run, $4] = $5 }

$3 == "request" && (run, $4) in program {
	key = program[run, $4] FS kind($6, $7)
	if (!((run, key) in often)) {
		count[run]++
		keys[run, count[run]] = key
	}
	often[run, key] += sign * $8
	if ($5 == 0)
		trips[run, key] += sign * $8
}

# A notification from dom0 wakes a thread of the guest.
function added() {
	return SEND * per_frame("notifications") + (GET + WAKE) * per_frame("irqs") + WAKE * per_frame("woken")
}

function print_counts(    i) {
	print "A frame of weston and its clients. \"frames/s\" are weston\047s; \"clients\047\": frames of all clients for each of"
	print "them. The other columns are for each frame of weston, with what the clients do meanwhile. \"adds\": in"
	print "microseconds, by the model of docs/bench.md."
	print ""
	printf "  %7s %9s %9s %9s %7s %7s %7s %7s %7s %7s\n", "clients", "frames/s", "clients\047", "requests", "waits",
		"sent", "got", "sleeps", "woken", "adds"
	for (i = 1; i <= runs; i++) {
		run = order[i]
		printf "  %7d %9.1f %9.2f %9.2f %7.2f %7.2f %7.2f %7.2f %7.2f %7.1f\n", run,
			total[run, "frames"] / total[run, "uptime"], per_frame("client-frames"), per_frame("requests"),
			per_frame("spin-hits") + per_frame("sleeps"), per_frame("notifications"), per_frame("irqs"),
			per_frame("sleeps"), per_frame("woken"), added()
	}
}

# The most frequent first
function sort_keys(    i, k, key) {
	for (i = 2; i <= count[run]; i++) {
		key = keys[run, i]
		for (k = i - 1; k >= 1 && often[run, keys[run, k]] < often[run, key]; k--)
			keys[run, k + 1] = keys[run, k]
		keys[run, k + 1] = key
	}
}

function print_kinds(    i, k, key, word) {
	print "\nThe requests of a frame by kind, and those of them that a program waited for (round trips):"
	print ""
	printf "  %7s  %-8s %-22s %9s %12s\n", "clients", "by", "", "requests", "round trips"
	for (i = 1; i <= runs; i++) {
		run = order[i]
		sort_keys()
		for (k = 1; k <= count[run]; k++) {
			key = keys[run, k]
			if (!often[run, key])
				continue
			split(key, word, FS)
			printf "  %7d  %-8s %-22s %9.3f %12.3f\n", run, word[1], word[2], often[run, key] / total[run, "frames"],
				trips[run, key] / total[run, "frames"]
		}
	}
}

END {
	for (i = 1; i <= runs; i++)
		if (total[order[i], "frames"] < 1 || total[order[i], "dropped"]) {
			print "bench: nothing was counted with " order[i] " clients, or not all"
			exit 1
		}
	print_counts()
	print_kinds()
}
