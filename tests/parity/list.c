// SPDX-License-Identifier: GPL-2.0-only
/*
 * list.c: print what the tables say of each ioctl: name, number, carried, local
 * or refused, and why that
 */
#include <stdio.h>

#include "back/tables/tables.h"

static void list(const struct pvdrm_driver_table *drv)
{
	size_t i;

	for (i = 0; i < drv->nr; i++)
		printf("%s %08x %s\n", drv->ioctls[i].name, drv->ioctls[i].cmd,
		       drv->ioctls[i].flags & XENDRM_IOCTL_LOCAL ? "local" :
		       "carried");
	for (i = 0; i < drv->nr_refused; i++)
		printf("%s %08x refused %s\n", drv->refused[i].name,
		       drv->refused[i].cmd, drv->refused[i].why);
}

#define LIST(driver)	list(&pvdrm_##driver##_table),

int main(void)
{
	PVDRM_DRIVERS(LIST) list(&pvdrm_core_table);
	return 0;
}
