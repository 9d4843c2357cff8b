// SPDX-License-Identifier: GPL-2.0-only
/*
 * Counters in debugfs: pvdrm-back/<domid>-<devid>/stats
 */
#include <linux/debugfs.h>
#include <linux/module.h>
#include <linux/seq_file.h>

#include "back/bus/stats.h"
#include "op_names.h"

static struct dentry *root;

/* Shown with hyphens */
#define PVDRM_COUNTER_NAME(name) #name,
static const char * const counter_names[] = {
	PVDRM_COUNTERS(PVDRM_COUNTER_NAME)
};

static void show(struct seq_file *m, const char *prefix, const char *name,
		 atomic64_t *value)
{
	seq_puts(m, prefix);
	for (; *name; name++)
		seq_putc(m, *name == '_' ? '-' : *name);
	seq_printf(m, ": %lld\n", atomic64_read(value));
}

static void show_numbers(struct seq_file *m, const char *name, atomic_t *values)
{
	int i, n;

	for (i = 0; i < PVDRM_STAT_NRS; i++) {
		n = atomic_read(&values[i]);
		if (n)
			seq_printf(m, "%s-0x%02x: %d\n", name, i, n);
	}
}

static int stats_show(struct seq_file *m, void *unused)
{
	struct pvdrm_back_stats *stats = m->private;
	int i;

	for (i = 0; i < XENDRM_OP_COUNT; i++)
		show(m, "requests-", op_names[i], &stats->ops[i]);
	for (i = 0; i < PVDRM_NR_COUNTERS; i++)
		show(m, "", counter_names[i], &stats->counts[i]);
	show_numbers(m, "ioctl", stats->ran);
	show_numbers(m, "refused-ioctl", stats->refused);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(stats);

/**
 * pvdrm_back_stats_add() - show a device's counters
 * @stats: the counters
 * @domid: its guest
 * @devid: its number
 */
void pvdrm_back_stats_add(struct pvdrm_back_stats *stats, u32 domid, u32 devid)
{
	char name[24];

	snprintf(name, sizeof(name), "%u-%u", domid, devid);
	stats->dir = debugfs_create_dir(name, root);
	debugfs_create_file("stats", 0444, stats->dir, stats, &stats_fops);
}

/**
 * pvdrm_back_stats_remove() - stop showing them; waits for readers
 * @stats: the counters
 */
void pvdrm_back_stats_remove(struct pvdrm_back_stats *stats)
{
	debugfs_remove_recursive(stats->dir);
	stats->dir = NULL;
}

void pvdrm_back_stats_init(void)
{
	root = debugfs_create_dir("pvdrm-back", NULL);
}

void pvdrm_back_stats_exit(void)
{
	debugfs_remove_recursive(root);
}
