// SPDX-License-Identifier: GPL-2.0-only
/* oops: what the rig must notice. Loading it does what its parameter says. */
#include <linux/module.h>

static char *kind = "oops";
module_param(kind, charp, 0);
MODULE_PARM_DESC(kind, "oops: use a null pointer; warn: WARN()");

static int __init oops_init(void)
{
	if (!strcmp(kind, "warn"))
		WARN(1, "planted");
	else
		WRITE_ONCE(*(volatile int *)8, 0);
	return -ECANCELED;
}
module_init(oops_init);

MODULE_DESCRIPTION("Planted fault for the rig's own tests");
MODULE_LICENSE("GPL");
