/* SPDX-License-Identifier: GPL-2.0-only */
/* A xenstore that is a list of paths and values; no watches, no failures. */
#ifndef FAKE_XS_H
#define FAKE_XS_H

void fake_clear(void);
void fake_set(const char *path, const char *value);
const char *fake_get(const char *path);
int fake_count(void);

#endif
