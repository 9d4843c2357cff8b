/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * text.h: strings of the backend's that go into the log, sysfs or programs
 *
 * The kernel's isprint() and isalnum() take bytes above 127 for letters.
 */
#ifndef PVDRM_FRONT_TEXT_H
#define PVDRM_FRONT_TEXT_H

#include "portable.h"

/**
 * pvdrm_is_printable() - whether a string is of printable ASCII only
 * @text: the string; may be empty
 *
 * Return: true if so.
 */
static inline bool pvdrm_is_printable(const char *text)
{
	for (; *text; text++)
		if (*text < ' ' || *text > '~')
			return false;
	return true;
}

/**
 * pvdrm_is_name() - whether a string can be the name of a driver or device
 * @text: the string
 *
 * Return: true if it is not empty, and nothing in it means anything in a path, a log
 * or a shell.
 */
static inline bool pvdrm_is_name(const char *text)
{
	const char *c;

	for (c = text; *c; c++)
		if (!(*c >= 'a' && *c <= 'z') && !(*c >= 'A' && *c <= 'Z') &&
		    !(*c >= '0' && *c <= '9') && !strchr("-_.:@,", *c))
			return false;
	return c != text;
}

#endif /* PVDRM_FRONT_TEXT_H */
