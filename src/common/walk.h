/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * walk.h: between walk.c, pointee.c and plan.c
 */
#ifndef PVDRM_WALK_H
#define PVDRM_WALK_H

#include "engine.h"

/**
 * struct pvdrm_walk - one pass over an argument
 * @plan: the plan that is made
 * @table: the table
 * @mem: frontend: the program's memory; NULL in the backend
 * @req: the request, as far as it exists: plan->buf in the frontend
 * @req_max: backend: bytes of @req
 * @structs: array elements looked into so far
 */
struct pvdrm_walk {
	struct pvdrm_plan *plan;
	const struct pvdrm_table *table;
	const struct pvdrm_mem *mem;
	const u8 *req;
	u32 req_max;
	u32 structs;
};

/**
 * struct pvdrm_view - a struct whose fields are walked
 * @seg: the segment it lies in
 * @base: its offset there
 * @size: bytes of it in the request; after these it reads as zero
 */
struct pvdrm_view {
	u32 seg;
	u32 base;
	u32 size;
};

/**
 * pvdrm_walk_next() - where the next pointee starts
 * @len: bytes of the request, or of the response, so far
 *
 * Return: an offset there.
 */
u32 pvdrm_walk_next(u32 len);

/**
 * pvdrm_walk_room() - frontend: have a request buffer of some size
 * @w: the walk
 * @size: bytes
 *
 * Keeps what is in it, but may move it.
 *
 * Return: 0 or -ENOMEM.
 */
int pvdrm_walk_room(struct pvdrm_walk *w, u32 size);

/**
 * pvdrm_walk_fetch() - have bytes of the program's memory in the request
 * @w: the walk
 * @off: where in the request
 * @addr: their address; the backend has them already and does not look at it
 * @len: their number
 *
 * Return: 0; -EFAULT: frontend only, the program cannot read them; -EPROTO:
 * backend only, the request is too short; -E2BIG; -ENOMEM.
 */
int pvdrm_walk_fetch(struct pvdrm_walk *w, u32 off, u64 addr, u32 len);

/**
 * pvdrm_walk_value() - a number in a struct
 * @w: the walk
 * @v: the struct
 * @off: the number's offset in it
 * @width: its bytes, at most 8
 *
 * Return: the number, of which bytes that the struct lacks are zero.
 */
u64 pvdrm_walk_value(const struct pvdrm_walk *w, const struct pvdrm_view *v,
		     u32 off, u32 width);

/**
 * pvdrm_walk_u64() - a number that is to be translated
 * @w: the walk
 * @v: the struct
 * @off: the number's offset in it
 * @value: result
 *
 * One that the struct's end cuts in half would reach the driver as it is, so it
 * must be zero.
 *
 * Return: 1: the struct has it; 0: it ends before it; -EFAULT (frontend), -EPROTO
 * (backend): it is cut, and not zero.
 */
int pvdrm_walk_u64(const struct pvdrm_walk *w, const struct pvdrm_view *v,
		   u32 off, u64 *value);

/**
 * pvdrm_walk_segment() - enter a pointee into the plan
 * @w: the walk
 * @addr: the program's address, of which the backend knows nothing; there the
 *	  place in the arena is noted instead
 * @len: bytes
 * @dir: XENDRM_FIELD_IN (the bytes have been fetched), _OUT
 *
 * Return: 0, -E2BIG or -ENOMEM.
 */
int pvdrm_walk_segment(struct pvdrm_walk *w, u64 addr, u32 len, u8 dir);

/**
 * pvdrm_walk_fixup() - enter a pointer, time or descriptor into the plan
 * @w: the walk
 * @fixup: which; its segment is in the request
 *
 * The frontend's request has the wire's value there from now on.
 *
 * Return: 0, -E2BIG or -ENOMEM.
 */
int pvdrm_walk_fixup(struct pvdrm_walk *w, const struct pvdrm_fixup *fixup);

/**
 * pvdrm_walk_fields() - walk a list of fields
 * @w: the walk
 * @v: the struct they are of
 * @first: the first, in the table
 * @nr: their number
 *
 * Return: 0 or what the ioctl fails with.
 */
int pvdrm_walk_fields(struct pvdrm_walk *w, const struct pvdrm_view *v,
		      u32 first, u32 nr);

/**
 * pvdrm_walk_target() - walk an array, string or chain
 * @w: the walk
 * @v: the struct with the pointer
 * @f: the field
 *
 * Recurses into pvdrm_walk_fields().
 *
 * Return: 0 or what the ioctl fails with.
 */
int pvdrm_walk_target(struct pvdrm_walk *w, const struct pvdrm_view *v,
		      const struct xendrm_field *f);

#endif /* PVDRM_WALK_H */
