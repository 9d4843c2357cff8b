/* SPDX-License-Identifier: GPL-2.0-only */
int leave_gaps(int *taken, int *left);
