/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * marks.h: instructions that do nothing, but tell the emulator's plugin (count.c)
 * what to count. An nop with these displacements is in no other program.
 */
#ifndef BENCH_MARKS_H
#define BENCH_MARKS_H

enum mark {
	MARK_BIT_0,	/* a bit of text, the lowest of each character first */
	MARK_BIT_1,
	MARK_BEGIN,	/* count from here */
	MARK_END,	/* to here */
	MARK_WRITE,	/* write the text and the counts */
	MARKS
};

/* nopl displacement(%rax,%rax,1): MARK_OPCODE, the mark, and MARK_TAIL */
#define MARK_OPCODE	"\x0f\x1f\x84\x00"
#define MARK_TAIL	"\x44\x52\x56"
#define MARK_BYTES	8

#endif /* BENCH_MARKS_H */
