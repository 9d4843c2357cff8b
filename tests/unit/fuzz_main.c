// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz_main.c: in place of libFuzzer where there is none: random bytes
 *
 *	fuzz_... [-max_total_time=SECONDS] [-seed=NUMBER] [other options, ignored]
 */
#include <time.h>

#include "generate.h"

int main(int argc, char **argv)
{
	static u8 bytes[2048];
	time_t end = time(NULL) + 20;
	unsigned int seed = time(NULL);
	unsigned long runs = 0;
	int seconds, i;

	for (i = 1; i < argc; i++) {
		if (sscanf(argv[i], "-max_total_time=%d", &seconds) == 1)
			end = time(NULL) + seconds;
		sscanf(argv[i], "-seed=%u", &seed);
	}
	fprintf(stderr, "-seed=%u\n", seed);
	test_random_seed(seed);
	while (time(NULL) < end) {
		size_t len = test_random() % sizeof(bytes);

		test_random_fill(bytes, len);
		fuzz_one(bytes, len);
		runs++;
	}
	printf("Done %lu runs\n", runs);
	return 0;
}
