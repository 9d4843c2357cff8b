// SPDX-License-Identifier: GPL-2.0-only
/*
 * count.c: a plugin for QEMU that counts the instructions of the whole machine
 *
 * Between the marks of pvdrm-bench (marks.h) it counts what all CPUs execute: in
 * Xen, in the kernels of dom0 and of guests (domain.c), and in programs.
 * Appends a line for each operation to plugin.txt: the program's text and the
 * number for each place; and lines that say where in them (blocks.c).
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "count.h"
#include "marks.h"

#define EXPORT		__attribute__((visibility("default")))
#define OUTPUT		"/run/rig/plugin.txt"

EXPORT int qemu_plugin_version = 7;

/* Each CPU writes its own line of the cache. */
static struct {
	_Alignas(64) uint64_t count[PLACES];
	enum place kernel;
	bool xen_ran;		/* the kernel may be another one's since */
} cpus[MAX_CPUS];
static volatile int counting;
static uint64_t total[PLACES];
static char text[128];
static unsigned int bits;

/* xen/arch/x86/include/asm/config.h: Xen's part of the address space */
static bool is_xen(uint64_t address)
{
	return address >= 0xffff82c000000000 && address < 0xffff830000000000;
}

static void add(unsigned int cpu, enum place place, struct block *block)
{
	if (!counting)
		return;
	cpus[cpu].count[place] += block->length;
	block->runs[cpu][place]++;
}

static void on_xen(unsigned int cpu, void *block)
{
	if (cpu >= MAX_CPUS)
		return;
	cpus[cpu].xen_ran = true;
	add(cpu, XEN, block);
}

static void on_kernel(unsigned int cpu, void *block)
{
	if (cpu >= MAX_CPUS || !counting)
		return;
	if (cpus[cpu].xen_ran)
		cpus[cpu].kernel = kernel_of(cpu);
	cpus[cpu].xen_ran = false;
	add(cpu, cpus[cpu].kernel, block);
}

/* @data: the number of instructions. Programs have too many blocks to keep. */
static void on_program(unsigned int cpu, void *data)
{
	if (cpu < MAX_CPUS && counting)
		cpus[cpu].count[USER] += (uintptr_t)data;
}

static void add_bit(int bit)
{
	unsigned int at = bits / 8;

	if (at >= sizeof(text) - 1)
		return;
	text[at] |= bit << bits % 8;
	bits++;
}

static void begin(void)
{
	int cpu;

	for (cpu = 0; cpu < MAX_CPUS; cpu++)
		memset(cpus[cpu].count, 0, sizeof(cpus[cpu].count));
	clear_blocks();
	counting = 1;
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
	int place;

	if (file) {
		fprintf(file, "%s", text);
		for (place = 0; place < PLACES; place++)
			fprintf(file, " %llu", (unsigned long long)total[place]);
		fprintf(file, "\n");
		write_blocks(file);
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
		begin();
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

static void on_translation(struct qemu_plugin_tb *tb, void *unused)
{
	uint64_t address = qemu_plugin_tb_vaddr(tb), count = qemu_plugin_tb_n_insns(tb), i;

	(void)unused;
	if (is_xen(address)) {
		qemu_plugin_register_vcpu_tb_exec_cb(tb, on_xen, NO_REGISTERS,
						     find_block(address, count));
	} else if (address >> 63) {
		qemu_plugin_register_vcpu_tb_exec_cb(tb, on_kernel, READ_REGISTERS,
						     find_block(address, count));
	} else {
		qemu_plugin_register_vcpu_tb_exec_cb(tb, on_program, NO_REGISTERS,
						     (void *)(uintptr_t)count);
		for (i = 0; i < count; i++)
			look_for_mark(qemu_plugin_tb_get_insn(tb, i));
	}
}

EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const struct qemu_info *info, int argc, char **argv)
{
	(void)info;
	(void)argc;
	(void)argv;
	watch_cpus(id);
	qemu_plugin_register_vcpu_tb_trans_cb(id, on_translation, NULL);
	return 0;
}
