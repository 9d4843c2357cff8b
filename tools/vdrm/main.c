// SPDX-License-Identifier: GPL-2.0-only
/*
 * vdrm VERB ARGUMENT...: give guests the use of dom0's GPUs
 */
#include <stdio.h>
#include <string.h>

#include "vdrm.h"

#ifndef VDRM_VERSION
#define VDRM_VERSION	"unknown"
#endif

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *arguments;
	const char *what;
} verbs[] = {
	{ "attach", verb_attach, "DEVICE DOMAIN [KEY=VALUE...]", "give DOMAIN the node DEVICE" },
	{ "detach", verb_detach, "DOMAIN DEVID [KEY=VALUE...]", "take it away again" },
	{ "list", verb_list, "[--json] [DOMAIN]", "show the attached devices" },
	{ "info", verb_info, "[--json] [DOMAIN [DEVID]]", "show all about them" },
	{ "top", verb_top, "[--json] [SECONDS [COUNT]]", "show what each guest does now" },
	{ "metrics", verb_metrics, "", "show numbers for Prometheus" },
	{ "check", verb_check, "[--json]", "say what is missing in this domain, and what to do" },
	{ "daemon", verb_daemon, "", "attach what /etc/pvdrm names, see vdrmd(8)" },
	{ "serve", verb_serve, "DOMID DEVID", "run a device's requests (attach starts it)" },
};

static int help(void)
{
	size_t i;

	puts("usage: vdrm VERB ARGUMENT...");
	for (i = 0; i < ARRAY_SIZE(verbs); i++)
		printf("  %-7s %-29s %s\n", verbs[i].name, verbs[i].arguments, verbs[i].what);
	puts("  DEVICE DOMAIN                         the same as attach DEVICE DOMAIN\n"
	     "DEVICE is a path such as /dev/dri/renderD128, DOMAIN a name, a number or a UUID.\n"
	     "Keys of attach: devid=N node=render|primary sequential=0|1 sandbox=0|1 wait=SECONDS\n"
	     "                backend=DOMAIN, and limits:\n"
	     "                max-files=N max-inflight=N max-objects=N max-buffer-bytes=SIZE\n"
	     "                max-mapped-bytes=SIZE max-granted-bytes=SIZE weight=N cap=N ban-after=N\n"
	     "Keys of detach: force=0|1 wait=SECONDS\n"
	     "More: vdrm(8)");
	return VDRM_OK;
}

int main(int argc, char **argv)
{
	size_t i;

	if (argc < 2)
		return fail(VDRM_USAGE, "no verb; see vdrm --help");
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help"))
		return help();
	if (!strcmp(argv[1], "--version") || !strcmp(argv[1], "-V"))
		return printf("vdrm " VDRM_VERSION "\n") < 0;
	/* The first PVDRM's tool took no verb. */
	if (argv[1][0] == '/')
		return verb_attach(argc, argv);
	for (i = 0; i < ARRAY_SIZE(verbs); i++)
		if (!strcmp(argv[1], verbs[i].name))
			return verbs[i].run(argc - 1, argv + 1);
	return fail(VDRM_USAGE, "no verb '%s'; see vdrm --help", argv[1]);
}
