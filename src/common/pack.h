/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pack.h: what pack.c, plan.c, shape.c and scalar.c share
 */
#ifndef PVDRM_PACK_H
#define PVDRM_PACK_H

#include "engine.h"

/**
 * struct pvdrm_walk - one pass over an argument
 * @plan: the plan that is made
 * @table: the table
 * @mem: frontend: the program's memory; NULL in the backend
 * @req: the request, as far as it exists: plan->buf in the frontend
 * @req_max: backend: bytes of @req
 * @structs: array elements walked so far
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
 * pvdrm_walk_next() - where the next pointer target starts
 * @len: bytes of the request, or of the response, so far
 *
 * Return: an offset there.
 */
u32 pvdrm_walk_next(u32 len);

/**
 * pvdrm_walk_room() - frontend: enlarge the request buffer to some size
 * @w: the walk
 * @size: bytes
 *
 * Keeps its content, but may move it.
 *
 * Return: 0 or -ENOMEM.
 */
int pvdrm_walk_room(struct pvdrm_walk *w, u32 size);

/**
 * pvdrm_walk_fetch() - bring bytes of the program's memory into the request
 * @w: the walk
 * @off: where in the request
 * @addr: their address; unused in the backend, which has them already
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
 * Return: the number; bytes beyond the struct's end read as zero.
 */
u64 pvdrm_walk_value(const struct pvdrm_walk *w, const struct pvdrm_view *v,
		     u32 off, u32 width);

/**
 * pvdrm_walk_u64() - a number that will be translated
 * @w: the walk
 * @v: the struct
 * @off: the number's offset in it
 * @value: result
 *
 * A number that is cut by the end of the struct would reach the driver
 * untranslated, so it must be zero.
 *
 * Return: 1: the struct has it; 0: it ends before it; -EFAULT (frontend),
 * -EPROTO (backend): it is cut, and not zero.
 */
int pvdrm_walk_u64(const struct pvdrm_walk *w, const struct pvdrm_view *v,
		   u32 off, u64 *value);

/**
 * pvdrm_walk_segment() - enter a pointer target into the plan
 * @w: the walk
 * @addr: the program's address; the backend ignores it and notes the place in
 *	  the arena instead
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
 * struct pvdrm_shape - where the elements of an array are
 * @nr: elements
 * @step: bytes from one to the next
 * @used: bytes of each that the driver looks at
 * @len: bytes of all
 */
struct pvdrm_shape {
	u32 nr;
	u32 step;
	u32 used;
	u32 len;
};

/**
 * pvdrm_shape_array() - the extent of an array
 * @w: the walk
 * @v: the struct with the pointer
 * @f: the field
 * @shape: result
 *
 * Return: 0; -E2BIG: over a limit of the table or of drmif.h.
 */
int pvdrm_shape_array(const struct pvdrm_walk *w, const struct pvdrm_view *v,
		      const struct xendrm_field *f, struct pvdrm_shape *shape);

/**
 * pvdrm_shape_gaps() - nothing may be in the bytes between elements
 * @w: the walk
 * @off: where the array begins in the request
 * @shape: its shape
 *
 * Only a newer table would know them, and they must not reach a driver that is
 * newer still: the frontend clears them, the backend insists.
 *
 * Return: 0; -EPROTO (backend): they are not zero.
 */
int pvdrm_shape_gaps(struct pvdrm_walk *w, u32 off,
		     const struct pvdrm_shape *shape);

/**
 * pvdrm_shape_trailing() - the extent of what follows a struct in a chain
 * @variant: the struct's field
 * @at: the struct
 * @len: result: bytes
 *
 * Return: 0; -E2BIG: over a limit of the table.
 */
int pvdrm_shape_trailing(const struct xendrm_field *variant, const u8 *at,
			 u32 *len);

/**
 * pvdrm_walk_time() - translate an absolute time
 * @w: the walk
 * @v: the struct
 * @f: the field
 *
 * Return: 0 or what the ioctl fails with.
 */
int pvdrm_walk_time(struct pvdrm_walk *w, const struct pvdrm_view *v,
		    const struct xendrm_field *f);

/**
 * pvdrm_walk_timespec() - translate an absolute time in seconds and ns
 * @w: the walk
 * @v: the struct
 * @f: the field
 *
 * Return: 0 or what the ioctl fails with.
 */
int pvdrm_walk_timespec(struct pvdrm_walk *w, const struct pvdrm_view *v,
			const struct xendrm_field *f);

/**
 * pvdrm_walk_fd() - translate a file descriptor
 * @w: the walk
 * @v: the struct
 * @f: the field
 *
 * Return: 0 or what the ioctl fails with.
 */
int pvdrm_walk_fd(struct pvdrm_walk *w, const struct pvdrm_view *v,
		  const struct xendrm_field *f);

/**
 * pvdrm_walk_refuse() - whether a field refuses the ioctl
 * @w: the walk
 * @v: the struct
 * @f: the field, which applies
 *
 * Return: 0 or what the ioctl fails with.
 */
int pvdrm_walk_refuse(const struct pvdrm_walk *w, const struct pvdrm_view *v,
		      const struct xendrm_field *f);

/**
 * pvdrm_walk_in_range() - whether a field's count, if it has one, is in its range
 * @w: the walk
 * @v: the struct
 * @f: the field
 *
 * Return: true if so.
 */
bool pvdrm_walk_in_range(const struct pvdrm_walk *w, const struct pvdrm_view *v,
			 const struct xendrm_field *f);

/**
 * pvdrm_walk_sync() - note a syncobj
 * @w: the walk
 * @v: the struct
 * @f: the field, which applies
 */
void pvdrm_walk_sync(struct pvdrm_walk *w, const struct pvdrm_view *v,
		     const struct xendrm_field *f);

/**
 * pvdrm_walk_queue() - note where work goes
 * @w: the walk
 * @v: the struct
 * @f: the field, which applies
 */
void pvdrm_walk_queue(struct pvdrm_walk *w, const struct pvdrm_view *v,
		      const struct xendrm_field *f);

/**
 * pvdrm_walk_number() - note where the number of a submission will be
 * @w: the walk
 * @v: the argument
 * @f: the field, which applies
 */
void pvdrm_walk_number(struct pvdrm_walk *w, const struct pvdrm_view *v,
		       const struct xendrm_field *f);

#endif /* PVDRM_PACK_H */
