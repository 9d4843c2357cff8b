/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * plugin.h: what count.c uses of the emulator's interface for plugins
 *
 * QEMU's header is in no package. docs/devel/tcg-plugins.rst of QEMU describes it.
 */
#ifndef BENCH_PLUGIN_H
#define BENCH_PLUGIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint64_t qemu_plugin_id_t;
struct qemu_info;
struct qemu_plugin_insn;
struct qemu_plugin_tb;
typedef void (*exec_callback)(unsigned int cpu, void *data);

enum { NO_REGISTERS, READ_REGISTERS };	/* what a callback does with the CPU's */

struct qemu_plugin_register;
struct register_descriptor {
	struct qemu_plugin_register *handle;
	const char *name, *feature;
	bool read_only;
};

/* Of GLib, which the emulator has */
struct array {
	void *data;
	unsigned int len;
};

char *g_array_free(struct array *array, int data_too);
struct array *g_byte_array_new(void);
struct array *g_byte_array_set_size(struct array *array, unsigned int length);

void qemu_plugin_register_vcpu_init_cb(qemu_plugin_id_t id, exec_callback callback, void *data);
void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id,
					   void (*callback)(struct qemu_plugin_tb *tb, void *data),
					   void *data);
void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *tb, exec_callback callback,
					  int flags, void *data);
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn, exec_callback callback,
					    int flags, void *data);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
uint64_t qemu_plugin_tb_vaddr(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb, size_t index);
size_t qemu_plugin_insn_data(const struct qemu_plugin_insn *insn, void *to, size_t len);
/* Of register_descriptor, to be freed */
struct array *qemu_plugin_get_registers(void);
bool qemu_plugin_read_register(struct qemu_plugin_register *from, struct array *append_to);
bool qemu_plugin_read_memory_vaddr(uint64_t address, struct array *to, size_t length);

#endif /* BENCH_PLUGIN_H */
