/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * engine.h: carry an ioctl argument across, guided by a descriptor table
 *
 * The same code runs in the frontend, in the backend and in user space (tests,
 * fuzzing). It touches memory of the caller only through struct pvdrm_mem.
 *
 *   frontend                               backend
 *   pvdrm_pack_request()    -- request --> pvdrm_parse_request()  check, lay out
 *                                          pvdrm_unpack_request() into the arena
 *                                          the driver's ioctl
 *   pvdrm_unpack_response() <-- response - pvdrm_pack_response()  from the arena
 *
 * Both sides derive the same plan (struct pvdrm_plan) from the request alone:
 * where each pointer's target lies in the request, in the response and in the
 * memory of the process at hand.
 */
#ifndef PVDRM_ENGINE_H
#define PVDRM_ENGINE_H

#include "portable.h"
#include "drmif.h"

/**
 * struct pvdrm_table - a checked descriptor table
 * @ioctls: sorted by _IOC_NR(cmd)
 * @fields: all fields
 * @nr_ioctls: entries of @ioctls
 * @nr_fields: entries of @fields
 *
 * Points into the buffer given to pvdrm_table_check(), which must outlive it
 * and must not change (never shared memory).
 */
struct pvdrm_table {
	const struct xendrm_ioctl *ioctls;
	const struct xendrm_field *fields;
	u32 nr_ioctls;
	u32 nr_fields;
};

/**
 * pvdrm_table_check() - check a table from the wire and make it usable
 * @buf: the table, 8-byte aligned, private memory
 * @len: its bytes
 * @table: result
 * @why: on error, what is wrong, a constant string
 * @where: on error, the index of the ioctl or field meant
 *
 * Checks every rule of drmif.h: magic, version, counts, order, widths, offsets
 * within their struct, depth, limits, reserved fields.
 *
 * Return: 0 or -EINVAL.
 */
int pvdrm_table_check(const void *buf, size_t len, struct pvdrm_table *table,
		      const char **why, u32 *where);

/**
 * pvdrm_table_find() - the table's entry for an ioctl number
 * @table: the table
 * @cmd: as issued by the program; size and direction may differ from the entry
 *
 * Return: the entry, or NULL when the table does not list it.
 */
const struct xendrm_ioctl *pvdrm_table_find(const struct pvdrm_table *table,
					    u32 cmd);

/**
 * pvdrm_field_applies() - whether a field's condition holds
 * @f: the field
 * @value: the number that the condition is about
 *
 * Return: true if so, or if the field has no condition.
 */
static inline bool pvdrm_field_applies(const struct xendrm_field *f, u64 value)
{
	switch (f->cond) {
	case XENDRM_COND_ALWAYS:
		return true;
	case XENDRM_COND_ANY:
		return value & f->cond_value;
	case XENDRM_COND_EQ:
		return value == f->cond_value;
	case XENDRM_COND_NE:
		return value != f->cond_value;
	default:
		return value > f->cond_value;
	}
}

/**
 * struct pvdrm_mem - access to the memory that pointers refer to
 * @in: copy @len bytes at @addr to @dst; returns 0 or -EFAULT
 * @out: copy @len bytes of @src to @addr; returns 0 or -EFAULT
 * @zero: clear @len bytes at @addr; returns 0 or -EFAULT
 * @str: as @in, up to and including the first NUL, at most @len bytes;
 *	 returns the bytes copied, or -EFAULT
 * @now: CLOCK_MONOTONIC in ns
 */
struct pvdrm_mem {
	int (*in)(void *dst, u64 addr, size_t len);
	int (*out)(u64 addr, const void *src, size_t len);
	int (*zero)(u64 addr, size_t len);
	long (*str)(void *dst, u64 addr, size_t len);
	s64 (*now)(void);
};

/**
 * struct pvdrm_segment - a pointer's target (or the argument struct itself)
 * @addr: where it is: the caller's address (frontend), the arena's (backend)
 * @len: bytes; > 0
 * @req_off: where it lies in the request, PVDRM_ABSENT if not sent
 * @rsp_off: where it lies in the response, PVDRM_ABSENT if not returned
 */
struct pvdrm_segment {
	u64 addr;
	u32 len;
	u32 req_off;
	u32 rsp_off;
};

#define PVDRM_ABSENT	(~0u)

enum pvdrm_fixup_kind {
	PVDRM_FIXUP_POINTER,
	PVDRM_FIXUP_TIME,
	PVDRM_FIXUP_SECONDS,	/* of a time; the next may be its nanoseconds */
	PVDRM_FIXUP_NANOSECONDS,
	PVDRM_FIXUP_FD,
	PVDRM_FIXUP_TAG,	/* of a chain's struct, unknown to the table */
};

/* Of a time in seconds and ns: that of a second */
#define PVDRM_NSEC_PER_SEC	1000000000ll

/* A tag that no driver knows */
#define PVDRM_TAG_UNKNOWN	0xffffffffu

/**
 * struct pvdrm_fixup - a value in a segment that differs between the sides
 * @seg: the segment
 * @off: its offset in that segment
 * @kind: what it is
 * @dir: descriptor: XENDRM_FIELD_IN, _OUT
 * @fd_kind: descriptor: enum xendrm_fd_kind
 * @opened: for the backend's use: @here is a descriptor to be closed
 * @result: a call that succeeds leaves a result there
 * @here: what this side's memory has there (pointer, absolute time, descriptor)
 * @wire: what the messages have there (XENDRM_PTR_*, relative time, fence)
 */
struct pvdrm_fixup {
	u32 seg;
	u32 off;
	enum pvdrm_fixup_kind kind;
	u8 dir;
	u8 fd_kind;
	bool opened;
	bool result;
	u64 here;
	u64 wire;
};

/**
 * pvdrm_fixup_len() - bytes of the value
 * @fixup: the fixup
 *
 * Return: 4 for a descriptor or tag, else 8.
 */
static inline u32 pvdrm_fixup_len(const struct pvdrm_fixup *fixup)
{
	return fixup->kind == PVDRM_FIXUP_FD ||
	       fixup->kind == PVDRM_FIXUP_TAG ? sizeof(u32) : sizeof(u64);
}

/**
 * pvdrm_fixup_fd() - whether it is a descriptor of a direction
 * @fixup: the fixup
 * @dir: XENDRM_FIELD_IN or _OUT
 *
 * Return: true if so.
 */
static inline bool pvdrm_fixup_fd(const struct pvdrm_fixup *fixup, u8 dir)
{
	return fixup->kind == PVDRM_FIXUP_FD && fixup->dir & dir;
}

/**
 * struct pvdrm_sync - a syncobj that an ioctl names in its request
 * @point: of a timeline; 0: none
 * @handle: its handle
 * @use: enum xendrm_sync_use, not MADE
 */
struct pvdrm_sync {
	u64 point;
	u32 handle;
	u8 use;
};

/**
 * struct pvdrm_queue - where a submission goes
 * @value: of the QUEUE fields that apply, in the argument itself or COUNTED
 * @form: a digest of those in arrays, in order
 * @field: indexes of the fields that have @value
 * @nr: their number
 * @counted: bit n: the n-th is COUNTED
 * @miscounted: not all COUNTED values are here
 *
 * Compared byte by byte.
 */
struct pvdrm_queue {
	u64 value[XENDRM_MAX_QUEUE];
	u64 form;
	u16 field[XENDRM_MAX_QUEUE];
	u32 nr;
	u16 counted;
	u16 miscounted;
};

#define PVDRM_INLINE_SEGMENTS	8
#define PVDRM_INLINE_FIXUPS	8

/* No plan needs more: what is neither sent nor returned has no room */
#define PVDRM_MAX_ARENA		(2 * XENDRM_MAX_MESSAGE)

/**
 * struct pvdrm_plan - how one ioctl's argument is laid out
 *
 * Owned by the caller, set up by pvdrm_plan_init(), released by
 * pvdrm_plan_free(), reusable after pvdrm_plan_reset(). No locking: one
 * thread at a time.
 */
struct pvdrm_plan {
	struct pvdrm_segment *segs;
	struct pvdrm_fixup *fixups;
	u32 nr_segs, max_segs;
	u32 nr_fixups, max_fixups;
	u32 req_len;		/* bytes of the packed request */
	u32 rsp_len;		/* bytes the packed response will have */
	u32 arena_len;		/* bytes needed in the arena */
	u32 arg_size;		/* _IOC_SIZE of the ioctl as issued */
	u32 arg_room;		/* bytes the driver may touch of its argument */
	u8 makes_fd;		/* kind of descriptor it may have as a result; 0 */
	bool must_wait;		/* a WAIT field applies, or a pointer is bad */
	bool more_syncs;	/* than are in @syncs: must_wait is set */
	u8 nr_syncs;		/* syncobjs that it names */
	struct pvdrm_sync syncs[XENDRM_MAX_SYNCS];
	struct pvdrm_queue queue;
	u32 number;		/* offset of a NUMBER in the argument, or ABSENT */
	u32 handles;		/* where a list of buffers begins in the request */
	u32 nr_handles;		/* its elements; 0: there is none */
	u32 handle_step;	/* bytes from one to the next */
	s32 new_fd;		/* that, or -1 */
	u8 *buf;		/* frontend: the packed request; grows */
	u32 buf_size;
	struct pvdrm_segment inline_segs[PVDRM_INLINE_SEGMENTS];
	struct pvdrm_fixup inline_fixups[PVDRM_INLINE_FIXUPS];
};

/**
 * pvdrm_plan_init() - make a plan usable
 * @plan: any memory; its pointers refer to itself, so it must not be moved
 */
void pvdrm_plan_init(struct pvdrm_plan *plan);

/**
 * pvdrm_plan_reset() - forget the ioctl, keep the memory for the next one
 * @plan: the plan
 */
void pvdrm_plan_reset(struct pvdrm_plan *plan);

/**
 * pvdrm_plan_free() - give all memory back
 * @plan: the plan; as after pvdrm_plan_init()
 */
void pvdrm_plan_free(struct pvdrm_plan *plan);

/**
 * pvdrm_pack_request() - frontend: read an ioctl's argument and pack it
 * @plan: result; plan->buf holds the request, plan->req_len bytes
 * @table: the table
 * @desc: pvdrm_table_find()'s answer for @cmd
 * @cmd: the ioctl number as issued
 * @arg: the program's argument (an address)
 * @mem: the program's memory
 *
 * An array that cannot be read is sent as XENDRM_PTR_FAULT, so that the driver
 * itself decides whether that is an error. As drm_ioctl() does, a struct of any
 * size is taken: one that is too short counts as continued with zeroes; of one
 * that is too long, the driver gets what the table knows (nothing untranslated
 * ever reaches it) and the rest stays as the program left it, or is cleared
 * where the driver only writes.
 *
 * Return: 0; -EFAULT: the argument struct cannot be read, or ends in the middle
 * of a pointer; -E2BIG: over a limit
 * of the table or of drmif.h; -EOPNOTSUPP: asks for a file descriptor that is
 * not carried; -ENOMEM; what the table has it refused with.
 */
int pvdrm_pack_request(struct pvdrm_plan *plan, const struct pvdrm_table *table,
		       const struct xendrm_ioctl *desc, u32 cmd, u64 arg,
		       const struct pvdrm_mem *mem);

/**
 * pvdrm_pack_fd() - frontend: say what a descriptor that is read stands for
 * @plan: as left by pvdrm_pack_request(), which has XENDRM_FD_BAD there
 * @fixup: one of its fixups with pvdrm_fixup_fd(); @here is the program's number
 * @fence: a fence's name, XENDRM_FENCE_SIGNALED or _BAD
 */
void pvdrm_pack_fd(struct pvdrm_plan *plan, struct pvdrm_fixup *fixup,
		   u32 fence);

/**
 * pvdrm_unpack_response() - frontend: hand a response to the program
 * @plan: as left by pvdrm_pack_request(); new_fd is set if there is a new
 *	  descriptor
 * @rsp: the response's payload, private memory; changed by this call
 * @len: its bytes
 * @status: the call's return value; with an error, targets that are only
 *	    written are left alone, the argument struct is not
 * @mem: the program's memory
 *
 * Pointers and times in the program's memory keep the values it put there,
 * but for results (XENDRM_FIELD_RESULT).
 *
 * Return: 0; -EFAULT: the program's memory cannot be written; -EPROTO: nothing
 * is written, since @len is not what the plan says, or a descriptor's place has
 * what no backend may send, or does not have the new descriptor.
 */
int pvdrm_unpack_response(struct pvdrm_plan *plan, void *rsp, size_t len,
			  long status, const struct pvdrm_mem *mem);

/**
 * pvdrm_parse_request() - backend: check a request and lay it out
 * @plan: result; segments' addr is filled in by pvdrm_unpack_request()
 * @table: the table
 * @desc: pvdrm_table_find()'s answer for @cmd
 * @cmd: the ioctl number in the request
 * @req: the request's payload, private memory
 * @len: its bytes
 * @rsp_max: bytes the response may have
 *
 * Return: 0; -EPROTO: @len is not what the table says, or a value is not one a
 * frontend may send; -E2BIG; -EOPNOTSUPP; -ENOMEM; -ENOSPC: @rsp_max too small;
 * what the table has it refused with.
 */
int pvdrm_parse_request(struct pvdrm_plan *plan,
			const struct pvdrm_table *table,
			const struct xendrm_ioctl *desc, u32 cmd,
			const void *req, size_t len, size_t rsp_max);

/**
 * pvdrm_unpack_request() - backend: build the argument in the arena
 * @plan: as left by pvdrm_parse_request(); of each descriptor that is read,
 *	  @here is the serving process's number, or -1 as it was
 * @req: the request's payload; its pointers, times and descriptors are replaced
 * @arena: address of plan->arena_len writable bytes in the serving process,
 *	   aligned to 16; the argument struct is at its start
 * @bad: an address that faults, for pointers the program cannot read
 * @mem: the serving process's memory
 *
 * Once for each pvdrm_parse_request(). All of the arena's arena_len bytes that
 * the driver may look at are written.
 *
 * Return: 0 or -EFAULT.
 */
int pvdrm_unpack_request(struct pvdrm_plan *plan, void *req, u64 arena, u64 bad,
			 const struct pvdrm_mem *mem);

/**
 * pvdrm_pack_response() - backend: pack what the driver left in the arena
 * @plan: as left by pvdrm_unpack_request(); new_fd is the new descriptor, if any
 * @rsp: plan->rsp_len bytes, private memory; all of it is written, and no
 *	 address or descriptor of this side is in it
 * @status: what the driver returned; what failed made no descriptor
 * @mem: the serving process's memory
 *
 * Return: 0 or -EFAULT.
 */
int pvdrm_pack_response(struct pvdrm_plan *plan, void *rsp, long status,
			const struct pvdrm_mem *mem);

#endif /* PVDRM_ENGINE_H */
