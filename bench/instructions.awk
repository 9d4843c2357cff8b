# SPDX-License-Identifier: GPL-2.0-only
# instructions.awk: of report.awk, what the emulator's plugin counted. File 6: instructions
# (SIDE NAME OPERATIONS XEN KERNELS PROGRAMS), 7: sleeps in that boot, as file 5.

file == 6 {
	split($0, word, " ")
	xen[word[1], word[2]] = word[4] / word[3]
	kernel[word[1], word[2]] = word[5] / word[3]
}

function instructions(list, side, name) {
	return (side, name) in list ? sprintf("%.0f", list[side, name]) : "-"
}

function print_instructions(    i, name) {
	printf "\n%-32s %10s %10s %12s %12s\n", "instructions, by the emulator", "native", "", "PVDRM", ""
	printf "%-32s %10s %10s %12s %12s\n", "for each operation", "Xen", "kernel", "Xen", "both kernels"
	for (i = 1; i <= count; i++) {
		name = order[i]
		if (("guest", name) in xen)
			printf "%-32s %10s %10s %12s %12s\n", what[name], instructions(xen, "native", name),
				instructions(kernel, "native", name), instructions(xen, "guest", name),
				instructions(kernel, "guest", name)
	}
}

# All that a call costs whose caller sleeps, divided by all that the floor does
function floors(name,    all, floor) {
	all = xen["guest", name] + kernel["guest", name]
	floor = xen["guest", "floor"] + kernel["guest", "floor"]
	return all && floor ? all / floor : -1
}

function floors_of_time(name) {
	return median(ns[2, "floor"]) > 0 ? median(ns[2, name]) / median(ns[2, "floor"]) : -1
}

function print_floor(    list, i, name) {
	printf "\n%-32s %12s %10s %12s %12s\n", "calls that sleep, in units of", "instructions", "time",
		"guest slept", "dom0 slept"
	print "the bare ping-pong"
	split("floor nop get-cap", list, " ")
	for (i = 1; i in list; i++) {
		name = list[i]
		printf "%-32s %12s %10s %12s %12s\n", what[name], per_operation(floors(name)),
			per_operation(floors_of_time(name)), per_operation(count_of(slept, 7, name)),
			per_operation(count_of(woken, 7, name))
	}
}
