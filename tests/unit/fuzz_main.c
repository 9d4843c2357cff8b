// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz_main.c: in place of libFuzzer where there is none: random bytes
 *
 *	fuzz_... [-max_total_time=SECONDS] [other options, ignored]
 */
#include <time.h>

#include "generate.h"

int main(int argc, char **argv)
{
	static u8 bytes[2048];
	time_t end = time(NULL) + 20;
	unsigned long runs = 0;
	int seconds, i;

	for (i = 1; i < argc; i++)
		if (sscanf(argv[i], "-max_total_time=%d", &seconds) == 1)
			end = time(NULL) + seconds;
	test_random_seed(time(NULL));
	while (time(NULL) < end) {
		size_t len = test_random() % sizeof(bytes);

		test_random_fill(bytes, len);
		/* Small numbers lead further */
		for (i = 0; i < (int)len; i++)
			if (test_random() & 1)
				bytes[i] &= 15;
		fuzz_one(bytes, len);
		runs++;
	}
	printf("Done %lu runs\n", runs);
	return 0;
}
