// SPDX-License-Identifier: GPL-2.0-only
/*
 * drm-load: processes that copy on an NVIDIA GPU for a while; says how many copies
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common.h"
#include "nouveau.h"

#define LINE	4096u
#define KIB	1024u

static const char *node = DEFAULT_NODE;
static int processes = 1, seconds = 5, kib = 1024, poll_ms = 5;

/* Until @end, a copy after the other, each waited for */
static void work(unsigned int *copies, double end)
{
	struct nv_lines lines = {
		.offset_out = kib * KIB,
		.pitch_in = LINE, .pitch_out = LINE, .length = LINE, .count = kib * KIB / LINE,
	};
	struct nv_buffer buffer;
	struct nv_channel c;
	int fd = nv_open(node);

	nv_channel_open(fd, &c);
	nv_bind(&c, NV_SUB_COPY, NV_CLASS_COPY);
	nv_kick(&c);
	nv_buffer(fd, NV_GART, 2ull * kib * KIB, &buffer);
	while (now() < end) {
		nv_copy(&c, &buffer, &buffer, &lines);
		nv_kick_polling(&c, poll_ms);
		++*copies;
	}
	nv_free(fd, &buffer);
	nv_channel_close(&c);
	close(fd);
}

static unsigned int run(unsigned int *copies)
{
	double end = now() + seconds * 1000.0;
	unsigned int sum = 0;
	int i, status;

	for (i = 0; i < processes; i++) {
		pid_t pid = fork();

		if (pid < 0)
			die("no process");
		if (!pid) {
			work(&copies[i], end);
			exit(failures() != 0);
		}
	}
	for (i = 0; i < processes; i++)
		check(wait(&status) > 0 && !status, "a process ends as it should");
	for (i = 0; i < processes; i++)
		sum += copies[i];
	return sum;
}

int main(int argc, char **argv)
{
	const struct option_spec options[] = {
		{ "device", .text = &node, .help = "DRM node (" DEFAULT_NODE ")" },
		{ "processes", .number = &processes, .help = "that copy at the same time (1)" },
		{ "seconds", .number = &seconds, .help = "for which they do (5)" },
		{ "kib", .number = &kib, .help = "of a copy, a multiple of 4, up to 8188 (1024)" },
		{ "poll-ms", .number = &poll_ms, .help = "between looks whether a copy is done (5)" },
	};
	unsigned int *copies;

	parse_options(argc, argv, "Copies on the GPU.", options, ARRAY_SIZE(options));
	copies = mmap(NULL, processes * sizeof(*copies), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (copies == MAP_FAILED)
		die("no memory");
	printf("info copies %u\n", run(copies));
	return failures() != 0;
}
