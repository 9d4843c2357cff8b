/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * work.h: where the fences of what an ioctl gives to the GPU are found
 *
 * A driver puts the fence of a submission on the buffers that it uses, or into the
 * syncobjs that it is to signal. A rule leads to the handle of one of them.
 */
#ifndef PVDRM_TABLES_WORK_H
#define PVDRM_TABLES_WORK_H

#include "engine.h"

/* The most steps from an argument to a handle */
#define PVDRM_WORK_STEPS	4

/**
 * struct pvdrm_work_step - a pointer, and what it leads to
 * @pointer: offset of the pointer, a u64
 * @count: offset of the number of elements, a u32
 * @one: there is one element, whatever is at @count
 * @stride: bytes of an element; 0: there is no such step
 * @when: offset of a u32 in an element
 * @mask: the bits of it that matter; 0: none
 * @value: their value in elements that count
 */
struct pvdrm_work_step {
	u8 pointer;
	u8 count;
	bool one;
	u8 stride;
	u8 when;
	u32 mask;
	u32 value;
};

/**
 * struct pvdrm_work_rule - how to find the fence of a submission
 * @cmd: the ioctl; 0 ends a list of rules
 * @syncobj: the handle is a syncobj's, not a buffer's
 * @handle: offset of the handle in what the last step leads to
 * @steps: from the ioctl's argument on
 */
struct pvdrm_work_rule {
	u32 cmd;
	bool syncobj;
	u8 handle;
	struct pvdrm_work_step steps[PVDRM_WORK_STEPS];
};

/**
 * pvdrm_work_handle() - find the handle that a rule leads to
 * @rule: the rule
 * @mem: the memory that @arg is in
 * @arg: the ioctl's argument
 * @size: bytes of it; a driver reads zeroes beyond them
 * @handle: returns the handle
 *
 * Return: 0, -EFAULT, or -ENOENT if there is none.
 */
int pvdrm_work_handle(const struct pvdrm_work_rule *rule,
		      const struct pvdrm_mem *mem, u64 arg, u32 size,
		      u32 *handle);

#endif /* PVDRM_TABLES_WORK_H */
