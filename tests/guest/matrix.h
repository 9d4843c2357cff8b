/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * matrix.h: square matrices, to check what a GPU has multiplied
 */
#ifndef MATRIX_H
#define MATRIX_H

#include <linux/types.h>
#include <stdbool.h>

__u32 random_bits(__u32 *state);

/* @exact: with small integers; else with fractions between -0.5 and 0.5 */
void matrix_fill(float *m, int size, bool exact, __u32 seed);

/* Return the largest error in @c, which should be @a times @b. */
double matrix_worst_error(const float *a, const float *b, const float *c, int size);

#endif /* MATRIX_H */
