/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * work.h: where the fences of what an ioctl gives to the GPU are found
 *
 * A driver puts the fence of a submission on the buffers that it uses, or into the
 * syncobjs that it is to signal. A rule leads to the handle of one of them.
 *
 * Some drivers queue any number of submissions, in memory that nobody counts, even such
 * as name nothing. Of these a rule says in which queue a submission is: what is in one
 * queue is done in order, so one that is done shows that all before it are.
 */
#ifndef PVDRM_TABLES_WORK_H
#define PVDRM_TABLES_WORK_H

#include "engine.h"

/* The most steps from an argument to a handle */
#define PVDRM_WORK_STEPS	4

/* The members of an argument that name a queue */
#define PVDRM_WORK_NAMES	2

/**
 * struct pvdrm_work_step - a pointer, and what it leads to
 * @pointer: offset of the pointer, a u64
 * @count: offset of the number of elements, a u32
 * @one: there is one element, whatever is at @count
 * @stride: bytes of an element; 0: there is no such step
 * @when: offset of a u32 in an element, and of another one behind it
 * @mask: the bits of them that matter, of the second in the upper half; 0: none
 * @value: their value in elements that count
 */
struct pvdrm_work_step {
	u8 pointer;
	u8 count;
	bool one;
	u8 stride;
	u8 when;
	u64 mask;
	u64 value;
};

/**
 * enum pvdrm_work_kind - what a rule says
 * @PVDRM_WORK_BUFFER: the handle is that of a buffer
 * @PVDRM_WORK_SYNCOBJ: it is that of a syncobj
 * @PVDRM_WORK_SPACE: there is no handle: the fence is on all buffers that belong to the
 *	address space alone, whoever uses them
 * @PVDRM_WORK_QUEUE: the name of the queue. The first rule for an ioctl whose driver queues
 *	any number
 */
enum pvdrm_work_kind {
	PVDRM_WORK_BUFFER,
	PVDRM_WORK_SYNCOBJ,
	PVDRM_WORK_SPACE,
	PVDRM_WORK_QUEUE,
};

/**
 * struct pvdrm_work_rule - how to find the fence of a submission
 * @cmd: the ioctl; 0 ends a list of rules
 * @kind: enum pvdrm_work_kind
 * @handle: offset of the handle in what the last step leads to; QUEUE: of a number below
 *	32 in each element of the first step, if it has one, that is a part of the name
 * @names: QUEUE: of how many numbers the queue's name is
 * @name: QUEUE: their offsets in the argument, of u32
 * @steps: from the ioctl's argument on
 */
struct pvdrm_work_rule {
	u32 cmd;
	u8 kind;
	u8 handle;
	u8 names;
	u8 name[PVDRM_WORK_NAMES];
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

/**
 * pvdrm_work_queue() - find out which queue a submission is for
 * @rule: a rule of that kind
 * @mem: the memory that @arg is in
 * @arg: the ioctl's argument
 * @size: bytes of it; a driver reads zeroes beyond them
 * @name: returns the queue's name, PVDRM_WORK_NAMES numbers
 *
 * Return: to how many queues the submission gives work, which is not 1 if it has several
 * parts; 0: that is not known, as with so many parts that not all are looked at.
 */
u32 pvdrm_work_queue(const struct pvdrm_work_rule *rule,
		     const struct pvdrm_mem *mem, u64 arg, u32 size, u32 *name);

#endif /* PVDRM_TABLES_WORK_H */
