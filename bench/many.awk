# SPDX-License-Identifier: GPL-2.0-only
# many.awk: lines of in-dom0-many to a table. Jain's index is the square of the sum divided by
# the number times the sum of squares: 1 if all get the same.

BEGIN {
	FS = ","
	what["cpu"] = "arithmetic, no GPU"
	what["pipe"] = "pipe, no GPU"
	what["get-cap"] = "GET_CAP"
	what["execute"] = "EXECBUFFER of 16 KiB"
	what["fence"] = "EXECBUFFER, wait"
}

$3 == "many" {
	key = $4 FS $1 FS $5
	if (!(key in total))
		order[++count] = key
	total[key] += $6
	squares[key] += $1 > 1 ? $6 * $6 : $7
	members[key] = $1 > 1 ? $1 : $5
	requests[key] += $8
	sent[key] += $9
	got[key] += $10
	sleeps[key] += $11
}

END {
	print "Many guests and processes that call at the same time. \"total\" is what all of them did, divided by"
	print "what a single process did; \"fairness\" is Jain's index. The other columns are for each operation."
	print ""
	printf "  %-22s %7s %10s %7s %9s %9s %7s %7s %7s\n", "", "guests", "processes", "total", "fairness", "requests", "sent", "got", "sleeps"
	for (i = 1; i <= count; i++) {
		split(order[i], k, FS)
		n = total[order[i]]
		if (k[2] == 1 && k[3] == 1)
			one = n
		printf "  %-22s %7d %10d %7.2f %9.3f %9.2f %7.2f %7.2f %7.2f\n", what[k[1]], k[2], k[3], n / one,
			n * n / (members[order[i]] * squares[order[i]]), requests[order[i]] / n, sent[order[i]] / n,
			got[order[i]] / n, sleeps[order[i]] / n
	}
}
