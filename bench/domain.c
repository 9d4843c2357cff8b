// SPDX-License-Identifier: GPL-2.0-only
/*
 * domain.c: whose kernel a CPU executes
 *
 * Kernels of different domains have the same addresses. A PVH guest's runs at
 * privilege level 0, which no PV domain's does, dom0 included. A PV kernel runs on page
 * tables that are the domain's own, or Xen would not have loaded them: Xen's table of
 * all page frames has the owner of the one in CR3. Only Xen changes the domain, so
 * this is looked up once after Xen has run on the CPU.
 */
#include <string.h>

#include "count.h"
#include "plugin.h"

/* xen/arch/x86/include/asm/{config,mm}.h */
#define FRAME_TABLE	0xffff82e000000000
#define FRAME_SIZE	32		/* struct page_info */
#define FRAME_OWNER	24		/* its v.inuse._domain: the frame of a struct domain */
#define DIRECT_MAP	0xffff830000000000

#define PAGE_SHIFT	12
#define ADDRESS_MASK	0x000ffffffffff000
#define LEVEL_MASK	3

static struct {
	struct qemu_plugin_register *cs, *cr3;
	struct array *bytes;
} cpus[MAX_CPUS];

static void on_cpu(unsigned int cpu, void *data)
{
	struct array *list = qemu_plugin_get_registers();
	struct register_descriptor *found = list->data;
	unsigned int i;

	(void)data;
	if (cpu >= MAX_CPUS)
		return;
	for (i = 0; i < list->len; i++) {
		if (!strcmp(found[i].name, "cs"))
			cpus[cpu].cs = found[i].handle;
		if (!strcmp(found[i].name, "cr3"))
			cpus[cpu].cr3 = found[i].handle;
	}
	cpus[cpu].bytes = g_byte_array_new();
	g_array_free(list, 1);
}

static int bytes_to(const struct array *bytes, uint64_t *value)
{
	*value = 0;
	if (!bytes->len || bytes->len > sizeof(*value))
		return 0;
	memcpy(value, bytes->data, bytes->len);
	return 1;
}

static int read_register(unsigned int cpu, struct qemu_plugin_register *from, uint64_t *value)
{
	g_byte_array_set_size(cpus[cpu].bytes, 0);
	return from && qemu_plugin_read_register(from, cpus[cpu].bytes) && bytes_to(cpus[cpu].bytes, value);
}

static int read_memory(unsigned int cpu, uint64_t address, size_t size, uint64_t *value)
{
	return qemu_plugin_read_memory_vaddr(address, cpus[cpu].bytes, size) &&
	       bytes_to(cpus[cpu].bytes, value);
}

enum place kernel_of(unsigned int cpu)
{
	uint64_t cs, cr3, owner, id;

	if (!read_register(cpu, cpus[cpu].cs, &cs))
		return NOBODY;
	if (!(cs & LEVEL_MASK))
		return GUEST;
	if (!read_register(cpu, cpus[cpu].cr3, &cr3))
		return NOBODY;
	cr3 = (cr3 & ADDRESS_MASK) >> PAGE_SHIFT;
	if (!read_memory(cpu, FRAME_TABLE + cr3 * FRAME_SIZE + FRAME_OWNER, 4, &owner) ||
	    !read_memory(cpu, DIRECT_MAP + (owner << PAGE_SHIFT), 2, &id))
		return NOBODY;
	return id ? GUEST : DOM0;
}

void watch_cpus(qemu_plugin_id_t id)
{
	qemu_plugin_register_vcpu_init_cb(id, on_cpu, NULL);
}
