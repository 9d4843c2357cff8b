# SPDX-License-Identifier: GPL-2.0-only
# peers.awk: the programs' lines (csv,NAME,RUNS,MEDIAN,...) to a table; of several rounds, the
# least median.

BEGIN {
	FS = ","
	split("native pvdrm vtest llvmpipe", sides, " ")
	count = split("matrix-integers matrix-fractions bodies frame", order, " ")
	what["matrix-integers"] = "matrix product, integers"
	what["matrix-fractions"] = "matrix product, fractions"
	what["bodies"] = "bodies that attract each other"
	what["frame"] = "scene of cubes"
}

FNR == 1 { file++ }

$1 == "csv" && (!((file, $2) in ms) || $4 < ms[file, $2]) { ms[file, $2] = $4 }

function number(x) {
	return x ? sprintf("%.2f", x) : "-"
}

END {
	print "ms for each dispatch or frame. The last columns: how many times faster PVDRM is."
	print ""
	printf "  %-32s %9s %9s %9s %9s %9s %9s\n", "", "native", "PVDRM", "vtest", "llvmpipe", "vtest", "llvmpipe"
	for (i = 1; i <= count; i++) {
		n = order[i]
		printf "  %-32s %9s %9s %9s %9s %9s %9s\n", what[n], number(ms[1, n]), number(ms[2, n]), number(ms[3, n]),
			number(ms[4, n]), number(ms[3, n] / ms[2, n]), number(ms[4, n] / ms[2, n])
	}
}
