// SPDX-License-Identifier: GPL-2.0-only
/*
 * count.c: a plugin for QEMU that counts the instructions of the whole machine
 *
 * Between the marks of pvdrm-bench (marks.h) it counts what all CPUs execute: in
 * Xen, in the kernels of all domains, and in programs, told apart by the address.
 * Appends a line for each operation to plugin.txt: the program's text and the three
 * numbers.
 *
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "marks.h"
#include "plugin.h"

#define EXPORT		__attribute__((visibility("default")))
#define OUTPUT		"/run/rig/plugin.txt"
#define MAX_CPUS	8
#define NO_REGISTERS	0

EXPORT int qemu_plugin_version = 7;

enum place { XEN, KERNEL, USER, PLACES };

/* Each CPU writes its own line of the cache. */
static struct {
	_Alignas(64) uint64_t count[PLACES];
} cpus[MAX_CPUS];
static volatile int counting;
static uint64_t total[PLACES];
static char text[128];
static unsigned int bits;

static enum place place_of(uint64_t address)
{
	/* xen/arch/x86/include/asm/config.h: Xen's part of the address space */
	if (address >= 0xffff82c000000000 && address < 0xffff830000000000)
		return XEN;
	return address >> 63 ? KERNEL : USER;
}

/* @data: the place, and the number of instructions */
static void on_block(unsigned int cpu, void *data)
{
	uint64_t what = (uintptr_t)data;

	if (counting && cpu < MAX_CPUS)
		cpus[cpu].count[what >> 32] += (uint32_t)what;
}

static void add_bit(int bit)
{
	unsigned int at = bits / 8;

	if (at >= sizeof(text) - 1)
		return;
	text[at] |= bit << bits % 8;
	bits++;
}

static void end(void)
{
	int cpu, place;

	counting = 0;
	for (place = 0; place < PLACES; place++) {
		total[place] = 0;
		for (cpu = 0; cpu < MAX_CPUS; cpu++)
			total[place] += cpus[cpu].count[place];
	}
}

static void write_counts(void)
{
	FILE *file = fopen(OUTPUT, "a");

	if (file) {
		fprintf(file, "%s %llu %llu %llu\n", text, (unsigned long long)total[XEN],
			(unsigned long long)total[KERNEL], (unsigned long long)total[USER]);
		fclose(file);
	}
	memset(total, 0, sizeof(total));
	memset(text, 0, sizeof(text));
	bits = 0;
}

/* One program at a time uses marks. */
static void on_mark(unsigned int cpu, void *data)
{
	(void)cpu;
	switch ((enum mark)(uintptr_t)data) {
	case MARK_BIT_0:
		add_bit(0);
		break;
	case MARK_BIT_1:
		add_bit(1);
		break;
	case MARK_BEGIN:
		memset(cpus, 0, sizeof(cpus));
		counting = 1;
		break;
	case MARK_END:
		end();
		break;
	case MARK_WRITE:
		write_counts();
		break;
	default:
		break;
	}
}

static void look_for_mark(struct qemu_plugin_insn *insn)
{
	unsigned char code[MARK_BYTES];

	if (qemu_plugin_insn_data(insn, code, sizeof(code)) == sizeof(code) &&
	    !memcmp(code, MARK_OPCODE, 4) && !memcmp(code + 5, MARK_TAIL, 3))
		qemu_plugin_register_vcpu_insn_exec_cb(insn, on_mark, NO_REGISTERS,
						       (void *)(uintptr_t)code[4]);
}

static void on_translation(struct qemu_plugin_tb *tb, void *data)
{
	uint64_t count = qemu_plugin_tb_n_insns(tb), i;
	uint64_t place = place_of(qemu_plugin_tb_vaddr(tb));

	(void)data;
	qemu_plugin_register_vcpu_tb_exec_cb(tb, on_block, NO_REGISTERS,
					     (void *)(uintptr_t)(place << 32 | count));
	if (place == USER)
		for (i = 0; i < count; i++)
			look_for_mark(qemu_plugin_tb_get_insn(tb, i));
}

EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const struct qemu_info *info, int argc, char **argv)
{
	(void)info;
	(void)argc;
	(void)argv;
	qemu_plugin_register_vcpu_tb_trans_cb(id, on_translation, NULL);
	return 0;
}
