// SPDX-License-Identifier: GPL-2.0-only
/*
 * matrix.c: square matrices, to check what a GPU has multiplied
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common.h"
#include "matrix.h"

__u32 random_bits(__u32 *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

/* With integers up to 8, sums stay exact in a float in any order. */
void matrix_fill(float *m, int size, bool exact, __u32 seed)
{
	int i;

	for (i = 0; i < size * size; i++) {
		__u32 bits = random_bits(&seed);

		m[i] = exact ? (float)(int)(bits % 17) - 8 : (float)(bits >> 8) / (1 << 24) - 0.5f;
	}
}

double matrix_worst_error(const float *a, const float *b, const float *c, int size)
{
	double worst = 0;
	double *row = malloc(size * sizeof(*row));
	int x, y, k;

	if (!row)
		die("no memory");
	for (y = 0; y < size; y++) {
		memset(row, 0, size * sizeof(*row));
		for (k = 0; k < size; k++)
			for (x = 0; x < size; x++)
				row[x] += (double)a[y * size + k] * b[k * size + x];
		/* Not fmax(): that would lose a NaN. */
		for (x = 0; x < size; x++)
			if (!(fabs(row[x] - c[y * size + x]) <= worst))
				worst = fabs(row[x] - c[y * size + x]);
	}
	free(row);
	return worst;
}
