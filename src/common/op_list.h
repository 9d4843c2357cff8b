/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * op_list.h: what people see requests called
 */
#ifndef PVDRM_OP_LIST_H
#define PVDRM_OP_LIST_H

#define PVDRM_NOTHING

/* @each, @last: macros of an op and its name; @then: what stands between two */
#define PVDRM_OPS(each, last, then) \
	each(NOP, "nop") then \
	each(GET_TABLE, "get-table") then \
	each(OPEN, "open") then \
	each(CLOSE, "close") then \
	each(IOCTL, "ioctl") then \
	each(MMAP, "mmap") then \
	each(MUNMAP, "munmap") then \
	each(FAULT, "fault") then \
	each(RECYCLE, "recycle") then \
	each(RELEASE, "release") then \
	each(READ, "read") then \
	each(FDINFO, "fdinfo") then \
	each(FORGET, "forget") then \
	each(CPU_ACCESS, "cpu-access") then \
	each(EVENTFD, "eventfd") then \
	each(MERGE, "merge") then \
	each(GET_FENCE, "get-fence") then \
	each(ADD_FENCE, "add-fence") then \
	last(IMPORT, "import")

#endif /* PVDRM_OP_LIST_H */
