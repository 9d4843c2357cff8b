# SPDX-License-Identifier: GPL-2.0-only
# instructions.awk: of report.awk, what the emulator's plugin counted. File 6: instructions
# (SIDE NAME OPERATIONS XEN DOM0 GUEST PROGRAMS NOBODY), 7: sleeps in that boot, as file 5.

file == 6 && !/^at / {
	split($0, word, " ")
	for (i = 1; i in places; i++)
		instructions[places[i], word[1], word[2]] = word[3 + i] / word[3]
	nobody += word[8]
}

BEGIN {
	split("xen dom0 guest", places, " ")
	split("floor nop get-cap", sleeping, " ")
}

# Of each operation, in each place
function columns(side, name,    i, text) {
	for (i = 1; i in places; i++)
		if ((places[i], side, name) in instructions)
			text = text sprintf(" %9.0f", instructions[places[i], side, name])
		else
			text = text "         -"
	return text
}

function print_instructions(    i, name) {
	printf "\n%-32s %9s %9s %9s  %9s %9s %9s\n", "instructions, by the emulator", "native", "", "", "PVDRM", "", ""
	printf "%-32s %9s %9s %9s  %9s %9s %9s\n", "for each operation", "Xen", "dom0", "guest", "Xen", "dom0", "guest"
	for (i = 1; i <= count; i++) {
		name = order[i]
		if (("xen", "guest", name) in instructions)
			printf "%-32s%s %s\n", what[name], columns("native", name), columns("guest", name)
	}
	if (nobody)
		printf "and %d of kernels that nobody knows the domain of: the columns are wrong\n", nobody
}

function json_columns(side, name,    i, text) {
	for (i = 1; i in places; i++)
		if ((places[i], side, name) in instructions)
			text = text (i > 1 ? ", " : "") sprintf("\"%s\": %.0f", places[i], instructions[places[i], side, name])
	return text ? "{ " text " }" : "null"
}

function all_instructions(name,    i, sum) {
	for (i = 1; i in places; i++)
		sum += instructions[places[i], "guest", name]
	return sum
}

# All that a call costs whose caller sleeps, divided by all that the floor does
function floors(name) {
	return all_instructions("floor") ? all_instructions(name) / all_instructions("floor") : -1
}

function floors_of_time(name) {
	return median(ns[2, "floor"]) > 0 ? median(ns[2, name]) / median(ns[2, "floor"]) : -1
}

function print_floor(    i, name) {
	printf "\n%-32s %12s %10s %12s %12s\n", "calls that sleep, in units of", "instructions", "time",
		"guest slept", "dom0 slept"
	print "the bare ping-pong"
	for (i = 1; i in sleeping; i++) {
		name = sleeping[i]
		printf "%-32s %12s %10s %12s %12s\n", what[name], per_operation(floors(name)),
			per_operation(floors_of_time(name)), per_operation(count_of(slept, 7, name)),
			per_operation(count_of(woken, 7, name))
	}
}

function json_floor(    i, name) {
	printf "  \"in_ping_pongs\": ["
	for (i = 1; i in sleeping; i++) {
		name = sleeping[i]
		printf "%s\n    { \"name\": \"%s\", \"instructions\": %s, \"time\": %s, \"guest_slept\": %s, \"dom0_slept\": %s }",
			(i > 1 ? "," : ""), name, json_number(floors(name)), json_number(floors_of_time(name)),
			json_number(count_of(slept, 7, name)), json_number(count_of(woken, 7, name))
	}
	print "\n  ],"
}
