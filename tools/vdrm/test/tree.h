/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * tree.h: a folder that stands for the kernel's files
 */
#ifndef VDRM_TEST_TREE_H
#define VDRM_TEST_TREE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "sys.h"

#define TREE	"/tmp/vdrm-tree.XXXXXX"

static char tree[sizeof(TREE)];

static inline void tree_begin(void)
{
	strcpy(tree, TREE);
	assert_non_null(mkdtemp(tree));
	sys_root = tree;
}

/* Makes the folders above, too. */
static inline void tree_put(const char *path, const char *text)
{
	char full[SYS_PATH], *slash;
	FILE *file;

	snprintf(full, sizeof(full), "%s%s", tree, path);
	for (slash = strchr(full + strlen(tree) + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(full, 0755);
		*slash = '/';
	}
	file = fopen(full, "we");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static inline void tree_end(void)
{
	char command[sizeof(tree) + 16];

	snprintf(command, sizeof(command), "rm -r %s", tree);
	assert_int_equal(system(command), 0);
	sys_root = "";
}

#endif /* VDRM_TEST_TREE_H */
