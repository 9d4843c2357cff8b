/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * driver.h: the table of one host driver, and the list of all of them
 */
#ifndef PVDRM_TABLES_DRIVER_H
#define PVDRM_TABLES_DRIVER_H

#include "back/tables/buffer.h"
#include "back/tables/work.h"

/**
 * struct pvdrm_field_entry - one field of a struct, as a table lists it
 * @wire: what is served to the frontend, except where its children begin
 * @children: the fields of each element, @wire.nr of them
 */
struct pvdrm_field_entry {
	struct xendrm_field wire;
	const struct pvdrm_field_entry *children;
};

/**
 * struct pvdrm_idle_rule - how to ask the driver whether a buffer is in use
 * @cmd: the ioctl, which never waits: it returns 0 if the buffer is idle and -EBUSY
 *	 if not. 0: the driver has no hardware that could use one
 * @handle: offset of the handle, a u32
 * @flags: offset of the flags, a u32
 * @value: the flags to set
 */
struct pvdrm_idle_rule {
	u32 cmd;
	u8 handle;
	u8 flags;
	u32 value;
};

/**
 * struct pvdrm_hang_rule - how to find out whether a context has hung the GPU
 * @submit: the ioctl that submits work of a context
 * @free: the ioctl that frees one; its object rule says when
 * @ask: the ioctl that tells what a context did. It takes PVDRM_BUFFER_ARG bytes at
 *	 most, reads no pointer, and does not wait but for locks
 * @value: the u32 at @op
 * @mask: the bits of the answer that rise with a hang: a flag or a counter
 * @error: an error, positive, that stands for the answer 1; 0: none does
 * @used: offset of the context's id in @submit's argument, a u32; likewise
 * @freed: in @free's
 * @id: in @ask's
 * @op: of @value there
 * @answer: of the answer in what @ask returns
 *
 * The answer must be about work of that context alone, not about what was lost
 * because another hung the GPU. Contexts that were never used are not asked about:
 * some drivers complete them then.
 */
struct pvdrm_hang_rule {
	u32 submit;
	u32 free;
	u32 ask;
	u32 value;
	u32 mask;
	int error;
	u8 used;
	u8 freed;
	u8 id;
	u8 op;
	u8 answer;
};

/**
 * enum pvdrm_object_kind - what an ioctl does to the number of objects of a file
 * @PVDRM_OBJECT_NONE: nothing
 * @PVDRM_OBJECT_MAKES: a call that succeeds makes some
 * @PVDRM_OBJECT_FREES: a call that succeeds frees one
 * @PVDRM_OBJECT_BY_OP: it depends on a number in the argument
 * @PVDRM_OBJECT_GROWS: it makes nothing with a handle, but takes memory until the
 *	file is closed, or longer
 */
enum pvdrm_object_kind {
	PVDRM_OBJECT_NONE,
	PVDRM_OBJECT_MAKES,
	PVDRM_OBJECT_FREES,
	PVDRM_OBJECT_BY_OP,
	PVDRM_OBJECT_GROWS,
};

/**
 * struct pvdrm_object_rule - what an ioctl does to the number of objects of a file
 * @kind: enum pvdrm_object_kind
 * @nr: MAKES: how many
 * @op: BY_OP: offset of a u32, in the first PVDRM_BUFFER_ARG bytes
 * @mask: the bits of it that matter
 * @made: their value if the call makes an object
 * @freed: their value if it frees one; a value outside @mask: it never does
 * @named: BY_OP: a call that frees one succeeds even if there is none
 * @made_id: then, offset of the id of an object that is made, a u32 that is written
 * @freed_id: and of the one that is freed, a u32 that is read
 *
 * Objects are what has a handle and is not a buffer: syncobjs, contexts, address
 * spaces, queues. Buffers follow from struct pvdrm_buffer_rule.
 */
struct pvdrm_object_rule {
	u8 kind;
	u8 nr;
	u8 op;
	bool named;
	u8 made_id;
	u8 freed_id;
	u32 mask;
	u32 made;
	u32 freed;
};

/**
 * struct pvdrm_isolation_rule - which GPUs of a driver do not separate their users
 * @why: what is wrong with them, for people
 * @cmd: an ioctl that tells a parameter; 0: it is so with all GPUs
 * @which: the parameter
 * @param: offset of its number, 32 bits matter
 * @value: offset of the result; or of the pointer to it, which is 64 bits wide
 * @by_pointer: the latter
 * @least: the least result of a GPU that does
 */
struct pvdrm_isolation_rule {
	const char *why;
	u32 cmd;
	u32 which;
	u8 param;
	u8 value;
	bool by_pointer;
	u32 least;
};

/**
 * struct pvdrm_ioctl_entry - an ioctl that is forwarded
 * @name: its full name, DRM_IOCTL_...
 * @cmd: its number
 * @flags: XENDRM_IOCTL_*
 * @buffer: what it does to a buffer
 * @objects: what it does to the number of objects
 * @fields: the fields of its argument
 * @nr: number of @fields
 */
struct pvdrm_ioctl_entry {
	const char *name;
	u32 cmd;
	u32 flags;
	struct pvdrm_buffer_rule buffer;
	struct pvdrm_object_rule objects;
	const struct pvdrm_field_entry *fields;
	u32 nr;
};

/**
 * struct pvdrm_refusal - an ioctl that is not forwarded
 * @name: its full name, DRM_IOCTL_...
 * @cmd: its number
 * @why: the reason, for people
 */
struct pvdrm_refusal {
	const char *name;
	u32 cmd;
	const char *why;
};

/**
 * struct pvdrm_driver_table - all ioctls of one host driver
 * @driver: the driver's name, as in struct drm_driver
 * @ioctls: the ioctls that are forwarded, in any order
 * @nr: number of @ioctls
 * @refused: the ioctls that are not
 * @nr_refused: number of @refused
 * @isolation: which GPUs do not separate their users; NULL: they all do
 * @idle: how to find out that a buffer is idle; NULL: freed buffers are never cached
 * @hangs: how to find out who has hung the GPU; NULL: the driver does not tell
 * @work: where the fences of submissions are, several rules for an ioctl if they are
 *	  in several places; NULL: the time of its GPU is not accounted for
 */
struct pvdrm_driver_table {
	const char *driver;
	const struct pvdrm_ioctl_entry *ioctls;
	size_t nr;
	const struct pvdrm_refusal *refused;
	size_t nr_refused;
	const struct pvdrm_isolation_rule *isolation;
	const struct pvdrm_idle_rule *idle;
	const struct pvdrm_hang_rule *hangs;
	const struct pvdrm_work_rule *work;
};

/*
 * All host drivers: src/back/drivers/<driver>.c defines pvdrm_<driver>_table.
 * build.c and the tests use this list.
 */
#define PVDRM_DRIVERS(X) \
	X(amdgpu) \
	X(etnaviv) \
	X(i915) \
	X(nouveau) \
	X(panfrost) \
	X(panthor) \
	X(radeon) \
	X(v3d) \
	X(vgem) \
	X(virtio_gpu) \
	X(xe)

/* The core table has the ioctls of DRM core, which every driver has. */
#define TABLE_DECLARE(driver)	pvdrm_##driver##_table,
extern const struct pvdrm_driver_table
	PVDRM_DRIVERS(TABLE_DECLARE) pvdrm_core_table;

/**
 * pvdrm_driver_table_find() - find the table of a host driver
 * @driver_name: the driver's name, for example virtio_gpu
 *
 * Return: the table, or NULL if there is none.
 */
const struct pvdrm_driver_table *pvdrm_driver_table_find(const char *driver_name);

/**
 * pvdrm_table_build() - make the table that is served to the frontend
 * @drv: the driver's table, which is added to core's; NULL: core's alone
 * @buf: returns the table, to be freed with pvdrm_free()
 * @len: returns its length in bytes
 *
 * The result must pass pvdrm_table_check() before it is used.
 *
 * Return: 0, -ENOMEM, or -E2BIG if there are more ioctls or fields than a served
 * table can have.
 */
int pvdrm_table_build(const struct pvdrm_driver_table *drv, void **buf,
		      size_t *len);

/**
 * pvdrm_table_refusal() - find out why an ioctl is refused
 * @drv: the driver's table, or NULL
 * @cmd: the ioctl; only its type and _IOC_NR() matter
 *
 * Return: the entry in a list of refused ioctls, or NULL if the ioctl is unknown.
 */
const struct pvdrm_refusal *
pvdrm_table_refusal(const struct pvdrm_driver_table *drv, u32 cmd);

/**
 * pvdrm_buffer_rules() - list the buffer rules of core's and a driver's ioctls
 * @drv: the driver's table
 * @rules: returns PVDRM_BUFFER_RULES rules, by _IOC_NR(); NULL where an ioctl
 *	   does nothing to memory
 */
void pvdrm_buffer_rules(const struct pvdrm_driver_table *drv,
			const struct pvdrm_buffer_rule **rules);

/**
 * pvdrm_object_rules() - list the object rules of core's and a driver's ioctls
 * @drv: the driver's table
 * @rules: returns PVDRM_BUFFER_RULES rules, by _IOC_NR(); NULL where an ioctl
 *	   makes and frees none
 */
void pvdrm_object_rules(const struct pvdrm_driver_table *drv,
			const struct pvdrm_object_rule **rules);

#endif /* PVDRM_TABLES_DRIVER_H */
