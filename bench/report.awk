# SPDX-License-Identifier: GPL-2.0-only
# report.awk: pvdrm-bench's lines of several rounds to a table or JSON.
# Files, by the variable "file": 1 native, 2 guest, 3 and 4 the backend's counters before
# and after, 5 sleeps (NAME OPERATIONS IN-GUEST IN-DOM0, two lines each). The instructions
# are in instructions.awk.

function median(list,    value, n, i, k, x) {
	n = split(list, value, " ")
	for (i = 2; i <= n; i++) {
		x = value[i] + 0
		for (k = i - 1; k >= 1 && value[k] + 0 > x; k--)
			value[k + 1] = value[k]
		value[k + 1] = x
	}
	return n ? value[int((n + 1) / 2)] + 0 : -1
}

function microseconds(ns) {
	return ns < 0 ? "-" : sprintf(ns < 9950 ? "%.2f" : ns < 99500 ? "%.1f" : "%.0f", ns / 1000)
}

function per_operation(x) {
	return x < 0 ? "-" : sprintf("%.2f", x)
}

function json_number(x) {
	return x < 0 ? "null" : sprintf("%.10g", x)
}

BEGIN {
	count = split("floor nop version get-cap array execute execute-waited fence fence-waited chain open handle handle-waited buffer waited kept touch draw draw-waited move-1 move-16 move-64", order, " ")
	what["floor"] = "event-channel ping-pong, bare"
	what["nop"] = "empty PVDRM request"
	what["version"] = "VERSION (answered in the guest)"
	what["get-cap"] = "GET_CAP, a trivial ioctl"
	what["array"] = "ioctl with an array of 16 KiB"
	what["execute"] = "EXECBUFFER of 16 KiB"
	what["execute-waited"] = "the same, guest with async=0"
	what["fence"] = "EXECBUFFER, wait for its fence"
	what["fence-waited"] = "the same, guest with async=0"
	what["chain"] = "100 EXECBUFFERs, each after the last"
	what["open"] = "open and close of the node"
	what["handle"] = "64 KiB buffer: create, close"
	what["handle-waited"] = "the same, guest with async=0"
	what["buffer"] = "64 KiB buffer: create to close"
	what["waited"] = "the same, guest with async=0"
	what["kept"] = "the same, guest with cache=1"
	what["touch"] = "mmap, touch 64 MiB, munmap"
	what["draw"] = "draw and finish, 256 x 256"
	what["draw-waited"] = "the same, guest with async=0"
	what["move-1"] = "take 1 page away, touch it again"
	what["move-16"] = "  16 pages"
	what["move-64"] = "  64 pages"
	split("1 16 64", moves, " ")
}

file <= 2 && $1 == "bench" {
	ns[file, $2] = ns[file, $2] " " $4
	if ($6 != "-") {
		requests[$2] = requests[$2] " " $6
		waits[$2] = waits[$2] " " $7
		sent[$2] = sent[$2] " " $8
		got[$2] = got[$2] " " $9
		sleeps[$2] = sleeps[$2] " " $10
		hypercalls[$2] = hypercalls[$2] " " $11
	}
}

file <= 2 && $1 == "relative" { relative[file, $2] = relative[file, $2] " " $3 }

# "name value" or "name: value"
file == 3 || file == 4 {
	split($0, word, /[: ]+/)
	if (file == 3)
		before[word[1]] = word[2]
	else if (word[2] - before[word[1]])
		back[word[1]] = word[2] - before[word[1]]
}

# The difference of two runs leaves out what setting up costs.
file == 5 || file == 7 {
	split($0, word, " ")
	if ((file, word[1]) in operations && word[2] > operations[file, word[1]])
		woken[file, word[1]] = (word[4] - wakes[file, word[1]]) / (word[2] - operations[file, word[1]])
	slept[file, word[1]] = word[3]
	operations[file, word[1]] = word[2]
	wakes[file, word[1]] = word[4]
}

function count_of(list, run, name) {
	return (run, name) in list ? list[run, name] : -1
}

function print_table(    i, name, native, guest) {
	printf "%-32s %10s %10s %8s   %s\n", "", "dom0", "guest", "ratio", "for each operation in the guest:"
	printf "%-32s %10s %10s %8s %9s %7s %7s %7s %7s %7s %7s\n", "medians", "native us", "PVDRM us", "",
		"requests", "waits", "sent", "got", "sleeps", "woken", "pages"
	for (i = 1; i <= count; i++) {
		name = order[i]
		native = median(ns[1, name])
		guest = median(ns[2, name])
		if (guest < 0)
			continue
		printf "%-32s %10s %10s %8s %9s %7s %7s %7s %7s %7s %7s\n", what[name], microseconds(native),
			microseconds(guest), (native > 0 ? sprintf("%.2f", guest / native) : "-"),
			per_operation(median(requests[name])), per_operation(median(waits[name])),
			per_operation(median(sent[name])), per_operation(median(got[name])),
			per_operation(median(sleeps[name])), per_operation(count_of(woken, 5, name)),
			per_operation(median(hypercalls[name]) - median(sent[name]))
	}
	print "\nwaits: round trips that the program waits for. sent: notifications, each a hypercall here and an"
	print "interrupt in dom0. got: the same the other way. sleeps: the guest\047s thread slept and was woken. woken:"
	print "wake-ups of dom0\047s threads, in a run of this operation alone. pages: hypercalls that map and unmap."
}

function per_second(ns) {
	return ns > 0 ? sprintf("%.0f", 1e9 / ns) : "-"
}

# The guest's bandwidth as part of dom0's, by name
function bandwidth(name) {
	return median(ns[2, name]) > 0 ? median(ns[1, name]) / median(ns[2, name]) : -1
}

# The same beside ordinary memory: what is left of it if a guest were not slower anyhow
function cost(name) {
	return median(relative[2, name]) > 0 ? median(relative[1, name]) / median(relative[2, name]) : -1
}

function print_bandwidth(name, title) {
	printf "%-32s %10s %10s %8.3f\n", title, per_second(median(ns[1, name])), per_second(median(ns[2, name])),
		bandwidth(name)
}

function print_memory() {
	printf "\n%-32s %10s %10s %8s\n", "mapped memory, MiB/s", "dom0", "guest", "ratio"
	print_bandwidth("write", "write a buffer")
	print_bandwidth("write-ordinary", "  ordinary memory instead")
	print_bandwidth("read", "read a buffer")
	print_bandwidth("read-ordinary", "  ordinary memory instead")
	printf "%-32s %10s %10s %8.3f write, %.3f read\n", "ratio that is due to PVDRM", "", "", cost("write"), cost("read")
}

# In empty requests of the same loop; "revoke" is what there is beyond the ioctl
function trips(part, pages,    ns_part) {
	ns_part = median(ns[2, part "-" pages])
	if (part == "revoke")
		ns_part -= median(ns[2, "offset-" pages])
	return ns_part / median(ns[2, "trip-" pages])
}

function print_moves(    i) {
	printf "\n%-32s %10s %10s %8s\n", "in empty PVDRM requests", "taken away", "touched", "both"
	for (i = 1; i in moves; i++)
		printf "%-32s %10.2f %10.2f %8.2f\n", "  " moves[i] " page" (moves[i] > 1 ? "s" : ""), trips("revoke", moves[i]),
			trips("refault", moves[i]), trips("both", moves[i])
}

# What submitting and the wake-up by the fence take longer than natively, in empty requests
function fence_in_requests() {
	return median(ns[2, "nop"]) > 0 ? (median(ns[2, "fence"]) - median(ns[1, "fence"])) / median(ns[2, "nop"]) : -1
}

function print_fence() {
	if (median(ns[2, "fence"]) > 0)
		printf "\nTo submit and to be woken by the fence takes %.2f empty requests more than natively.\n",
			fence_in_requests()
}

function json_results(    i, name, native, guest, comma) {
	printf "  \"results\": ["
	for (i = 1; i <= count; i++) {
		name = order[i]
		native = median(ns[1, name])
		guest = median(ns[2, name])
		if (guest < 0)
			continue
		printf "%s\n    { \"name\": \"%s\", \"native\": %s, \"pvdrm\": %s, \"ratio\": %s,\n", comma, name,
			json_number(native), json_number(guest),
			(native > 0 ? json_number(guest / native) : "null")
		printf "      \"requests\": %s, \"notifications_sent\": %s, \"notifications_got\": %s, \"hypercalls\": %s,\n",
			json_number(median(requests[name])), json_number(median(sent[name])),
			json_number(median(got[name])), json_number(median(hypercalls[name]))
		printf "      \"waits\": %s, \"sleeps\": %s, \"dom0_wake_ups\": %s,\n", json_number(median(waits[name])),
			json_number(median(sleeps[name])), json_number(count_of(woken, 5, name))
		printf "      \"instructions\": { \"native\": %s, \"pvdrm\": %s } }", json_columns("native", name),
			json_columns("guest", name)
		comma = ","
	}
	print "\n  ],"
}

function json_bandwidth(name) {
	printf "    \"%s\": { \"native\": %s, \"pvdrm\": %s, \"ratio\": %s, \"beside_ordinary_memory\": %s }", name,
		per_second(median(ns[1, name])), per_second(median(ns[2, name])), json_number(bandwidth(name)),
		json_number(cost(name))
}

function json_moves(    i, comma) {
	print "  \"taken_away_in_empty_requests\": ["
	for (i = 1; i in moves; i++) {
		printf "%s    { \"pages\": %d, \"revoke\": %s, \"refault\": %s, \"both\": %s }", comma, moves[i],
			json_number(trips("revoke", moves[i])), json_number(trips("refault", moves[i])),
			json_number(trips("both", moves[i]))
		comma = ",\n"
	}
	print "\n  ],"
}

function print_json(    name, comma) {
	printf "{\n  \"options\": \"%s\",\n  \"unit\": \"ns\",\n", options
	json_results()
	json_floor()
	printf "  \"fence_in_empty_requests\": %s,\n", json_number(fence_in_requests())
	print "  \"mib_per_second\": {"
	json_bandwidth("write")
	print ","
	json_bandwidth("read")
	print "\n  },"
	json_moves()
	printf "  \"backend\": {"
	comma = ""
	for (name in back) {
		printf "%s\n    \"%s\": %s", comma, name, json_number(back[name])
		comma = ","
	}
	print "\n  }\n}"
}

END {
	if (format == "json") {
		print_json()
	} else {
		print_table()
		print_instructions()
		print_floor()
		print_fence()
		print_memory()
		print_moves()
	}
}
