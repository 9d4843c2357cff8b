/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * tables.h: how the tables of src/back/tables are written and used
 *
 * There is a file for each driver, which lists its ioctls. The fields of a struct
 * that need translation are listed, with ARG standing for the struct:
 *
 *	#define ARG struct drm_virtgpu_execbuffer
 *	static const struct pvdrm_field_entry execbuffer[] = {
 *		ARRAY(command, IN, COUNT(size), ELEM(char),
 *		      AT_MOST(XENDRM_MAX_ARG)),
 *		FD(fence_fd, SYNC_FILE, OUT,
 *		   WHEN_ANY(flags, VIRTGPU_EXECBUF_FENCE_FD_OUT)),
 *	};
 *	#undef ARG
 *
 * and an ioctl refers to them:
 *
 *	IOCTL(VIRTGPU_EXECBUFFER, MAY_BLOCK, FIELDS(execbuffer)),
 *
 * Offsets and widths come from the headers, and a pointer that is not a u64 or
 * a descriptor that is not 32 bits wide does not compile. What is not listed
 * crosses unchanged: it must not be a pointer, a descriptor or a time.
 */
#ifndef PVDRM_TABLES_H
#define PVDRM_TABLES_H

#include "portable.h"
#include "drmif.h"

/* The newest headers, not those of the kernel at hand: see their README */
#ifdef _DRM_H_
#error "another drm.h comes before uapi/newest/drm.h"
#endif
#include "uapi/newest/drm.h"

/**
 * struct pvdrm_field_entry - a field as it is written down
 * @wire: its wire form, except where its children begin
 * @children: the fields of each element, @wire.nr of them
 */
struct pvdrm_field_entry {
	struct xendrm_field wire;
	const struct pvdrm_field_entry *children;
};

enum pvdrm_buffer_kind {
	PVDRM_BUFFER_NONE,
	PVDRM_BUFFER_CREATES,		/* a buffer of a size the program names */
	PVDRM_BUFFER_CREATES_DUMB,	/* one whose size follows from its shape */
	PVDRM_BUFFER_FREES,		/* a handle */
	PVDRM_BUFFER_RENAMES,		/* a handle */
	PVDRM_BUFFER_MMAP_OFFSET,	/* where a buffer is mapped from */
	PVDRM_BUFFER_EXPORTS,		/* a buffer, with others than the file */
	PVDRM_BUFFER_IMPORTS,	/* a buffer of a dma-buf */
	PVDRM_BUFFER_USES,		/* a buffer, and does nothing to its memory */
};

/**
 * struct pvdrm_buffer_rule - what an ioctl does to the memory of buffers
 * @kind: enum pvdrm_buffer_kind
 * @size_width: CREATES: bytes of the size
 * @handle: offset of the handle, a u32; in or out
 * @size: CREATES: offset of the size; CREATES_DUMB: of a u64 with the size, out
 * @shape: CREATES_DUMB: offsets of width, height and bits in a pixel, each a
 *	   u32; RENAMES: the first: offset of the new handle
 * @place: CREATES, MMAP_OFFSET: offset of a u64 for mmap(), out; CREATES: 0:
 *	   there is none
 * @cached: CREATES, CREATES_DUMB: such buffers may be cached when they are freed
 * @only_offset: offset of a u32 on which @cached depends
 * @only_value: the value it must have; 0: @cached does not depend on it
 * @results: CREATES, CREATES_DUMB, MMAP_OFFSET: bit n: the argument's n-th u32 is
 *	     only written
 *
 * The backend limits memory by it. What a frontend needs to cache freed buffers is
 * served in fields of kind XENDRM_FIELD_BUFFER.
 */
struct pvdrm_buffer_rule {
	u8 kind;
	u8 size_width;
	u8 handle;
	u8 size;
	u8 shape[3];
	u8 place;
	bool cached;
	u8 only_offset;
	u32 only_value;
	u32 results;
};

/* Everything that rules are about is within so many bytes of an argument */
#define PVDRM_BUFFER_ARG	64

/**
 * struct pvdrm_idle_rule - how to ask the driver whether a buffer is in use
 * @cmd: the ioctl, which returns 0 if not, and -EBUSY without waiting if so; 0:
 *	 the driver's hardware never uses any
 * @handle: offset of the handle, a u32
 * @flags: offset of a u32
 * @value: what is to be there
 */
struct pvdrm_idle_rule {
	u32 cmd;
	u8 handle;
	u8 flags;
	u32 value;
};

/**
 * struct pvdrm_ioctl_entry - an ioctl that is carried across
 * @name: as in the header, DRM_IOCTL_ and all
 * @cmd: its number
 * @flags: XENDRM_IOCTL_*
 * @buffer: what it does to a buffer
 * @fields: the fields of its argument
 * @nr: their number
 */
struct pvdrm_ioctl_entry {
	const char *name;
	u32 cmd;
	u32 flags;
	struct pvdrm_buffer_rule buffer;
	const struct pvdrm_field_entry *fields;
	u32 nr;
};

/**
 * struct pvdrm_refusal - an ioctl that is not
 * @name: as in the header
 * @cmd: its number
 * @why: the reason, for people
 */
struct pvdrm_refusal {
	const char *name;
	u32 cmd;
	const char *why;
};

/**
 * struct pvdrm_driver_table - all about one host driver's ioctls
 * @driver: the driver's name, as in struct drm_driver
 * @ioctls: those carried across, in any order
 * @nr: their number
 * @refused: those that are not
 * @nr_refused: their number
 * @idle: NULL: no freed buffer is cached
 */
struct pvdrm_driver_table {
	const char *driver;
	const struct pvdrm_ioctl_entry *ioctls;
	size_t nr;
	const struct pvdrm_refusal *refused;
	size_t nr_refused;
	const struct pvdrm_idle_rule *idle;
};

/*
 * All drivers with a table: pvdrm_<driver>_table in <driver>.c. build.c and the
 * tests use this list.
 */
#define PVDRM_DRIVERS(X) \
	X(amdgpu) \
	X(i915) \
	X(nouveau) \
	X(panfrost) \
	X(radeon) \
	X(vgem) \
	X(virtio_gpu) \
	X(xe)

/* The core table has the ioctls of DRM core, which every driver has. */
#define TABLE_DECLARE(driver)	pvdrm_##driver##_table,
extern const struct pvdrm_driver_table
	PVDRM_DRIVERS(TABLE_DECLARE) pvdrm_core_table;

/**
 * pvdrm_driver_table_find() - the table for a host driver
 * @driver_name: its name, e.g. virtio_gpu
 *
 * Return: the table, or NULL when there is none.
 */
const struct pvdrm_driver_table *pvdrm_driver_table_find(const char *driver_name);

/**
 * pvdrm_table_build() - make the wire form of core's and a driver's ioctls
 * @drv: the driver's table; NULL: of core's alone
 * @buf: result, to be freed with pvdrm_free()
 * @len: result, its bytes
 *
 * What comes out still has to pass pvdrm_table_check() before it is used.
 *
 * Return: 0, -ENOMEM, or -E2BIG when it has more ioctls or fields than the wire
 * form allows.
 */
int pvdrm_table_build(const struct pvdrm_driver_table *drv, void **buf,
		      size_t *len);

/**
 * pvdrm_table_refusal() - why an ioctl is refused
 * @drv: the driver's table, or NULL
 * @cmd: the ioctl's number; only its type and number proper count
 *
 * Return: the list's entry, or NULL for an ioctl that is unknown.
 */
const struct pvdrm_refusal *
pvdrm_table_refusal(const struct pvdrm_driver_table *drv, u32 cmd);

/* buffer.c */
#define PVDRM_BUFFER_RULES	256	/* _IOC_NR is 8 bits */

/**
 * pvdrm_buffer_rules() - what core's and a driver's ioctls do to memory
 * @drv: the driver's table
 * @rules: result, by _IOC_NR; NULL for those that do nothing
 */
void pvdrm_buffer_rules(const struct pvdrm_driver_table *drv,
			const struct pvdrm_buffer_rule **rules);

/**
 * pvdrm_buffer_len() - how much of an argument the driver reads, or writes
 * @cmd: the ioctl as the program issued it, of any size and direction
 * @known: the same as the table has it
 * @dir: _IOC_WRITE: what the driver reads; _IOC_READ: what it writes
 *
 * Return: bytes, at most PVDRM_BUFFER_ARG; the driver reads 0 behind them, and
 * writes nothing.
 */
u32 pvdrm_buffer_len(u32 cmd, u32 known, u32 dir);

/**
 * pvdrm_buffer_wanted() - the memory a new buffer will take
 * @rule: CREATES or CREATES_DUMB
 * @arg: the argument as the driver will read it, PVDRM_BUFFER_ARG bytes
 *
 * Return: bytes, whole pages, at least one; U64_MAX when there is no such
 * number.
 */
u64 pvdrm_buffer_wanted(const struct pvdrm_buffer_rule *rule, const u8 *arg);

/**
 * pvdrm_buffer_got() - the memory a new buffer does take
 * @rule: CREATES or CREATES_DUMB
 * @arg: the argument as the driver left it
 * @len: bytes of it that the driver wrote
 * @wanted: pvdrm_buffer_wanted()'s answer
 *
 * Return: bytes, as above; @wanted where the driver does not tell.
 */
u64 pvdrm_buffer_got(const struct pvdrm_buffer_rule *rule, const u8 *arg,
		     u32 len, u64 wanted);

/**
 * pvdrm_buffer_handle() - the handle of a new buffer
 * @rule: CREATES or CREATES_DUMB
 * @arg: the argument as the driver left it
 * @len: bytes of it that the driver wrote
 * @handle: result
 *
 * Return: false when the driver could not write it: what lies there then, the
 * program has put there.
 */
bool pvdrm_buffer_handle(const struct pvdrm_buffer_rule *rule, const u8 *arg,
			 u32 len, u32 *handle);

/* A u32 of the argument */
u32 pvdrm_buffer_u32(const u8 *arg, u32 off);

/**
 * pvdrm_buffer_flags() - what an ioctl's flags say of a rule
 * @rule: any
 *
 * Return: XENDRM_IOCTL_CREATES, XENDRM_IOCTL_FREES or 0.
 */
u32 pvdrm_buffer_flags(const struct pvdrm_buffer_rule *rule);

/* The most fields that pvdrm_buffer_fields() makes */
#define PVDRM_BUFFER_FIELDS	2

/**
 * pvdrm_buffer_fields() - what of a rule is served
 * @rule: any
 * @fields: result, zeroed, PVDRM_BUFFER_FIELDS of them
 *
 * Return: the number of fields.
 */
u32 pvdrm_buffer_fields(const struct pvdrm_buffer_rule *rule,
			struct xendrm_field *fields);

/* ------------------------------------------------------------------ ioctls */

#define NOTHING		0
#define MAY_BLOCK	XENDRM_IOCTL_MAY_BLOCK
#define LOCAL		XENDRM_IOCTL_LOCAL
#define VARSIZE		XENDRM_IOCTL_VARSIZE
#define NO_REPLY	XENDRM_IOCTL_NO_REPLY
/*
 * It shares no buffer, and leaves none in a state that a new one is not in, but
 * for its content: it can be kept when it is freed. Others end that for all buffers
 * of the file, unless CREATES, MMAP_OFFSET and so on say what they do.
 */
#define HARMLESS	XENDRM_IOCTL_HARMLESS

/* An ioctl without DRM_IOCTL_, what is to be known of it, perhaps FIELDS */
#define IOCTL(ioctl, known, ...) \
	{ \
		.name = "DRM_IOCTL_" #ioctl, \
		.cmd = DRM_IOCTL_##ioctl, \
		.flags = (known), \
		__VA_ARGS__ \
	}

/* The fields of its argument */
#define FIELDS(list) \
	.fields = (list), \
	.nr = ARRAY_SIZE(list)

/*
 * What it does to memory: makes a buffer of so many bytes, or of so many pixels,
 * which then says how many bytes it has; frees one; gives it another handle
 */
#define BUFFER_OFFSET(type, member, width) \
	(offsetof(type, member) + \
	 BUILD_BUG_ON_ZERO(sizeof_field(type, member) != (width)) + \
	 BUILD_BUG_ON_ZERO(offsetof(type, member) + (width) > PVDRM_BUFFER_ARG))
#define CREATES(type, bytes, name, ...) \
	.buffer = { \
		.kind = PVDRM_BUFFER_CREATES, \
		.size = BUFFER_OFFSET(type, bytes, sizeof_field(type, bytes)), \
		.size_width = sizeof_field(type, bytes), \
		.handle = BUFFER_OFFSET(type, name, sizeof(u32)), \
		__VA_ARGS__ \
	}
#define CREATES_DUMB(type, w, h, bits, bytes, name, ...) \
	.buffer = { \
		.kind = PVDRM_BUFFER_CREATES_DUMB, \
		.shape = { \
			BUFFER_OFFSET(type, w, sizeof(u32)), \
			BUFFER_OFFSET(type, h, sizeof(u32)), \
			BUFFER_OFFSET(type, bits, sizeof(u32)), \
		}, \
		.size = BUFFER_OFFSET(type, bytes, sizeof(u64)), \
		.handle = BUFFER_OFFSET(type, name, sizeof(u32)), \
		__VA_ARGS__ \
	}
#define FREES(type, name) \
	.buffer = { \
		.kind = PVDRM_BUFFER_FREES, \
		.handle = BUFFER_OFFSET(type, name, sizeof(u32)), \
	}
#define RENAMES(type, from, to) \
	.buffer = { \
		.kind = PVDRM_BUFFER_RENAMES, \
		.handle = BUFFER_OFFSET(type, from, sizeof(u32)), \
		.shape = { BUFFER_OFFSET(type, to, sizeof(u32)) }, \
	}

#define MMAP_OFFSET(type, name, offset) \
	.buffer = { \
		.kind = PVDRM_BUFFER_MMAP_OFFSET, \
		.handle = BUFFER_OFFSET(type, name, sizeof(u32)), \
		.place = BUFFER_OFFSET(type, offset, sizeof(u64)), \
		.results = RESULT(type, offset), \
	}
#define EXPORTS(type, name) \
	.buffer = { \
		.kind = PVDRM_BUFFER_EXPORTS, \
		.handle = BUFFER_OFFSET(type, name, sizeof(u32)), \
	}
#define IMPORTS(type, name) \
	.buffer = { \
		.kind = PVDRM_BUFFER_IMPORTS, \
		.handle = BUFFER_OFFSET(type, name, sizeof(u32)), \
	}
#define USES(type, name) \
	.buffer = { \
		.kind = PVDRM_BUFFER_USES, \
		.handle = BUFFER_OFFSET(type, name, sizeof(u32)), \
	}

/*
 * With CREATES or CREATES_DUMB: buffers that it makes may be kept when they are freed, and
 * given out again for the same argument but for these RESULTs; always, or only if
 * a member has a value that is not 0; and where it tells what to give to mmap()
 */
#define CACHED(members) \
	.cached = true, \
	.results = (members)
#define CACHED_IF(type, member, value) \
	.only_offset = BUFFER_OFFSET(type, member, sizeof(u32)), \
	.only_value = (value)
#define MMAP_AT(type, offset) \
	.place = BUFFER_OFFSET(type, offset, sizeof(u64))
/* A member that the driver writes and does not read, of whole u32s */
#define RESULT(type, member) \
	(((1u << sizeof_field(type, member) / sizeof(u32)) - 1) << \
	 offsetof(type, member) / sizeof(u32))

/* An ioctl without DRM_IOCTL_, and the reason */
#define REFUSED(ioctl, reason) \
	{ \
		.name = "DRM_IOCTL_" #ioctl, \
		.cmd = DRM_IOCTL_##ioctl, \
		.why = (reason), \
	}

/* ------------------------------------------------------------------ fields */

#define TABLE_IN	XENDRM_FIELD_IN
#define TABLE_OUT	XENDRM_FIELD_OUT
#define TABLE_INOUT	(XENDRM_FIELD_IN | XENDRM_FIELD_OUT)
#define TABLE_IN_TIMES	(TABLE_IN | XENDRM_FIELD_PRODUCT)
#define TABLE_INOUT_TIMES	(TABLE_INOUT | XENDRM_FIELD_PRODUCT)
#define TABLE_IN_RESULT	(TABLE_IN | XENDRM_FIELD_RESULT)
#define TABLE_OUT_RESULT	(TABLE_OUT | XENDRM_FIELD_RESULT)

/* Offset of a member that has to have some width */
#define TABLE_OFFSET(member, width) \
	(offsetof(ARG, member) + \
	 BUILD_BUG_ON_ZERO(sizeof_field(ARG, member) != (width)))

/* Width of a member that is a number */
#define TABLE_WIDTH(member) \
	(sizeof_field(ARG, member) + \
	 BUILD_BUG_ON_ZERO(sizeof_field(ARG, member) > 8 || \
			   (sizeof_field(ARG, member) & \
			    (sizeof_field(ARG, member) - 1))))

/*
 * A pointer to elements, which the driver reads (IN), writes (OUT), or both
 * (INOUT). OUT is for what a call that succeeds writes from beginning to end;
 * where it may leave bytes as they were, it takes INOUT to keep them.
 * IN_TIMES and INOUT_TIMES go with TIMES. IN_RESULT is for a union in the
 * argument itself, where a call that succeeds leaves a result in the pointer's
 * place.
 * Then: ONE, COUNT, or UNITS; ELEM; AT_MOST; perhaps TIMES, STRIDE, EACH, a
 * WHEN. Of several in one place, the first whose condition holds is meant: so
 * the last may do without one.
 */
#define ARRAY(member, direction, ...) \
	{ \
		.wire.kind = XENDRM_FIELD_ARRAY, \
		.wire.flags = TABLE_##direction, \
		.wire.offset = TABLE_OFFSET(member, sizeof(u64)), \
		__VA_ARGS__ \
	}

/* The number of elements is in a member; they are one, with no count */
#define COUNT(member) \
	.wire.count = offsetof(ARG, member), \
	.wire.count_width = TABLE_WIDTH(member)
#define ONE \
	.wire.count = 1, \
	.wire.max = 1

/* The number is COUNT's times that in another member: only with *_TIMES */
#define TIMES(member) \
	STRIDE(member)

/*
 * What is pointed to is one struct, of which ELEM is known and EACH speaks; a
 * member has its length in units of so many bytes. AT_MOST: units.
 */
#define UNITS(member, bytes) \
	COUNT(member), \
	.wire.aux = (bytes)

/* An element's type */
#define ELEM(type) \
	.wire.elem_size = sizeof(type)

/*
 * More elements are refused with E2BIG, whatever the pointer is. Where the driver
 * takes as many as it is told and allocates them with kmalloc(), the limit has to
 * keep that to a few hundred KiB of contiguous memory.
 */
#define AT_MOST(number) \
	.wire.max = (number)

/* The distance between elements is in a member: only with IN */
#define STRIDE(member) \
	.wire.stride = offsetof(ARG, member), \
	.wire.stride_width = TABLE_WIDTH(member)

/* The fields of each element */
#define EACH(list) \
	.children = (list), \
	.wire.nr = ARRAY_SIZE(list)

/*
 * A pointer to a string, of which the driver reads no more than @limit bytes.
 */
#define STRING(member, limit, ...) \
	{ \
		.wire.kind = XENDRM_FIELD_STRING, \
		.wire.flags = XENDRM_FIELD_IN, \
		.wire.offset = TABLE_OFFSET(member, sizeof(u64)), \
		.wire.max = (limit), \
		__VA_ARGS__ \
	}

/*
 * A pointer to a chain of at most @limit structs that begin with @header, in
 * which @next points to the next one and @tag tells which it is; @list has the
 * VARIANTs. Then perhaps a WHEN.
 */
#define CHAIN(member, header, next, tag, limit, list, ...) \
	{ \
		.wire.kind = XENDRM_FIELD_CHAIN, \
		.wire.flags = XENDRM_FIELD_IN, \
		.wire.offset = TABLE_OFFSET(member, sizeof(u64)), \
		.wire.elem_size = sizeof(header), \
		.wire.stride = offsetof(header, next) + BUILD_BUG_ON_ZERO( \
			sizeof_field(header, next) != sizeof(u64)), \
		.wire.count = offsetof(header, tag) + BUILD_BUG_ON_ZERO( \
			sizeof_field(header, tag) != sizeof(u32)), \
		.wire.max = (limit), \
		EACH(list), \
		__VA_ARGS__ \
	}

/*
 * A struct in a chain: the tag's value, its place, the type, perhaps EACH; if
 * it ends in a flexible array, COUNT (ARG being the struct), TRAILING, AT_MOST
 */
#define VARIANT(value, header, tag, type, direction, ...) \
	{ \
		.wire.kind = XENDRM_FIELD_VARIANT, \
		.wire.flags = TABLE_##direction, \
		.wire.elem_size = sizeof(type), \
		.wire.cond = XENDRM_COND_EQ, \
		.wire.cond_width = sizeof(u32), \
		.wire.cond_off = offsetof(header, tag), \
		.wire.cond_value = (value), \
		__VA_ARGS__ \
	}

/* The type of the elements that follow the struct; IN_TIMES: a second count */
#define TRAILING(type) \
	.wire.stride = sizeof(type)
#define TRAILING_TIMES(member) \
	.wire.aux = offsetof(ARG, member), \
	.wire.stride_width = TABLE_WIDTH(member)

/*
 * A file descriptor: DMABUF, SYNC_FILE, SYNCOBJ, EVENTFD; IN, OUT, INOUT. Only
 * SYNC_FILE crosses. IN and OUT may have different conditions: one after the other.
 * OUT_RESULT is for a union in the argument itself, where the driver reads
 * something else: it is for what every call that succeeds writes, since whatever
 * is there then is taken for the new descriptor.
 */
#define FD(member, descriptor, direction, ...) \
	{ \
		.wire.kind = XENDRM_FIELD_FD, \
		.wire.flags = TABLE_##direction, \
		.wire.offset = TABLE_OFFSET(member, sizeof(s32)), \
		.wire.aux = XENDRM_FD_##descriptor, \
		__VA_ARGS__ \
	}

/* The same in the lower (0) or upper (1) half of a u64 */
#define FD_HALF(member, half, descriptor, direction, ...) \
	{ \
		.wire.kind = XENDRM_FIELD_FD, \
		.wire.flags = TABLE_##direction, \
		.wire.offset = TABLE_OFFSET(member, sizeof(u64)) + \
			       (half) * sizeof(s32), \
		.wire.aux = XENDRM_FD_##descriptor, \
		__VA_ARGS__ \
	}

/* A time of CLOCK_MONOTONIC in ns */
#define ABS_TIMEOUT(member, ...) \
	TABLE_TIME(member, IN, __VA_ARGS__)

/* The same in a union, where a call that succeeds leaves a result */
#define ABS_TIMEOUT_OR_RESULT(member, ...) \
	TABLE_TIME(member, IN_RESULT, __VA_ARGS__)

#define TABLE_TIME(member, direction, ...) \
	{ \
		.wire.kind = XENDRM_FIELD_ABS_TIMEOUT, \
		.wire.flags = TABLE_##direction, \
		.wire.offset = TABLE_OFFSET(member, sizeof(s64)), \
		__VA_ARGS__ \
	}

/*
 * The call is refused with an errno: with a WHEN, or as an EACH of a VARIANT;
 * with RANGE, only if another member is in that as well.
 */
#define RANGE(member, low, high) \
	COUNT(member), \
	.wire.stride = (low), \
	.wire.max = (high)
#define REFUSE(errno, ...) \
	{ \
		.wire.kind = XENDRM_FIELD_REFUSE, \
		.wire.aux = (errno), \
		__VA_ARGS__ \
	}

/* The field counts only if another member has any of some bits, equals, ... */
#define TABLE_WHEN(condition, member, value) \
	.wire.cond = XENDRM_COND_##condition, \
	.wire.cond_width = TABLE_WIDTH(member), \
	.wire.cond_off = offsetof(ARG, member), \
	.wire.cond_value = (value)
#define WHEN_ANY(member, bits)		TABLE_WHEN(ANY, member, bits)
#define WHEN_EQ(member, value)		TABLE_WHEN(EQ, member, value)
#define WHEN_NE(member, value)		TABLE_WHEN(NE, member, value)
#define WHEN_GT(member, value)		TABLE_WHEN(GT, member, value)

#endif /* PVDRM_TABLES_H */
