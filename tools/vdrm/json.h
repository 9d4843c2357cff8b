/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * json.h: write JSON to stdout as it comes
 *
 * A value's @key is its name in an object; NULL: it is in an array, or all there is.
 */
#ifndef VDRM_JSON_H
#define VDRM_JSON_H

#include <stdbool.h>

void json_open(const char *key, char bracket);
void json_close(char bracket);
void json_end(void);
void json_string(const char *key, const char *text);
void json_number(const char *key, unsigned long long value);
void json_real(const char *key, double value);
void json_bool(const char *key, bool value);
void json_null(const char *key);

#endif /* VDRM_JSON_H */
