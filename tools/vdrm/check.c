// SPDX-License-Identifier: GPL-2.0-only
/*
 * vdrm check: what this domain lacks to serve guests, or to be served, and what
 * to do about it
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "check.h"
#include "json.h"
#include "pvdrm_back.h"

static unsigned int missing;
static bool as_json;

static void print_finding(enum finding finding, const char *text)
{
	static const char * const words[] = {
		[FOUND] = "ok", [NOTE] = "note", [MISSING] = "MISSING",
	};

	printf("%-8s ", words[finding]);
	print_clean(text);
	putchar('\n');
}

static void json_finding(enum finding finding, const char *text)
{
	static const char * const words[] = {
		[FOUND] = "ok", [NOTE] = "note", [MISSING] = "missing",
	};

	json_open(NULL, '{');
	json_string("finding", words[finding]);
	json_string("text", text);
	json_close('}');
}

void report(enum finding finding, const char *format, ...)
{
	char text[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	(as_json ? json_finding : print_finding)(finding, text);
	missing += finding == MISSING;
}

/* Returns the version, 421 for 4.21 */
static int check_xen(void)
{
	char type[16], major[16], minor[16];

	sys_first_line(sys_open("/sys/hypervisor/type"), type, sizeof(type));
	sys_first_line(sys_open("/sys/hypervisor/version/major"), major, sizeof(major));
	sys_first_line(sys_open("/sys/hypervisor/version/minor"), minor, sizeof(minor));
	if (strcmp(type, "xen")) {
		report(MISSING, "this system does not run on Xen: choose the entry with Xen at boot");
		return 0;
	}
	report(FOUND, "Xen %s.%s", major, minor);
	return atoi(major) * 100 + atoi(minor);
}

/* Whether the file has the line OPTION=y or OPTION=m */
static bool has_option(FILE *file, const char *option)
{
	size_t length = strlen(option);
	char text[256];

	rewind(file);
	while (fgets(text, sizeof(text), file))
		if (!strncmp(text, option, length) && text[length] == '=')
			return text[length + 1] == 'y' || text[length + 1] == 'm';
	return false;
}

static bool check_options(FILE *config, const char * const *options, size_t count)
{
	bool complete = true;
	size_t i;

	for (i = 0; i < count; i++)
		if (!has_option(config, options[i])) {
			report(MISSING, "%s: the kernel was built without it; install another kernel",
			       options[i]);
			complete = false;
		}
	return complete;
}

/* @options: names of those that this kernel must have been built with */
void check_kernel(const char * const *options, size_t count)
{
	struct utsname name;
	int major = 0, minor = 0;
	FILE *config;

	uname(&name);
	if (sscanf(name.release, "%d.%d", &major, &minor) == 2 &&
	    (major < 6 || (major == 6 && minor < 1)))
		report(MISSING, "Linux %s is too old: 6.1 or newer is needed", name.release);
	config = sys_open("/boot/config-%s", name.release);
	if (!config)
		report(NOTE, "Linux %s: its options are not known without /boot/config-%s", name.release,
		       name.release);
	else if (check_options(config, options, count))
		report(FOUND, "Linux %s", name.release);
	if (config)
		fclose(config);
}

/* NULL, after a line, if xenstore cannot be reached */
static struct xs_handle *check_xenstore(unsigned int *self)
{
	struct xs_handle *xs = xs_open(0);
	int id;

	if (!xs) {
		report(MISSING, "xenstore (%s): be root, and start Xen's services", strerror(errno));
		return NULL;
	}
	id = store_read_number(xs, XBT_NULL, NULL, "domid");
	*self = id < 0 ? 0 : id;
	report(FOUND, "xenstore: this is domain %u", *self);
	return xs;
}

/* A driver domain is no guest: it has loaded pvdrm-back. */
int verb_check(int argc, char **argv)
{
	unsigned int self = 0;
	struct xs_handle *xs;
	int xen;

	as_json = option_json(&argc, argv);
	if (argc > 1)
		return fail(VDRM_USAGE, "usage: vdrm check [--json]");
	missing = 0;
	if (as_json) {
		json_open(NULL, '{');
		json_open("findings", '[');
	}
	xen = check_xen();
	xs = check_xenstore(&self);
	if (self && !sys_exists(PVDRM_BACK_DEVICE))
		check_guest();
	else
		check_host(xs, self, xen);
	if (xs)
		xs_close(xs);
	if (as_json) {
		json_close(']');
		json_number("missing", missing);
		json_close('}');
		json_end();
	}
	return missing ? VDRM_ERROR : VDRM_OK;
}
