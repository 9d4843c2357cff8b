/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * tables.h: the notation for the tables of src/back/drivers
 *
 * Each driver has one file, which lists the driver's ioctls. For each struct that
 * needs translation it lists the fields that need it. ARG stands for the struct:
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
 * An ioctl refers to such a list:
 *
 *	IOCTL(VIRTGPU_EXECBUFFER, MAY_BLOCK, FIELDS(execbuffer)),
 *
 * Offsets and widths come from the headers. A pointer that is not a u64 does not
 * compile, nor does a descriptor that is not 32 bits wide. A field that is not listed
 * crosses unchanged, so it must not be a pointer, a descriptor or a time.
 */
#ifndef PVDRM_TABLES_H
#define PVDRM_TABLES_H

#include "back/tables/driver.h"

/* The newest headers, not those of the kernel in use: see include/uapi/newest/README */
#ifdef _DRM_H_
#error "another drm.h comes before uapi/newest/drm.h"
#endif
#include "uapi/newest/drm.h"

/* ------------------------------------------------------------------ ioctls */

#define NOTHING		0
#define MAY_BLOCK	XENDRM_IOCTL_MAY_BLOCK
#define LOCAL		XENDRM_IOCTL_LOCAL
#define VARSIZE		XENDRM_IOCTL_VARSIZE
/* Not waited for if all it names exists. It must not block, nor change its argument. */
#define NO_REPLY	XENDRM_IOCTL_NO_REPLY
/* It may end what a QUEUE names, or change whether a submission to that is accepted. */
#define ENDS		XENDRM_IOCTL_ENDS
/*
 * The ioctl shares no buffer, and changes nothing of a buffer but its content. So
 * buffers it has used may be cached when they are freed. An ioctl that is neither
 * HARMLESS nor has CREATES, MMAP_OFFSET and so on ends caching for the file.
 */
#define HARMLESS	XENDRM_IOCTL_HARMLESS

/*
 * The ioctl gives work to the GPU. A program need not wait for it if no WAIT applies,
 * since a successful call leaves the argument as it was, but for a new descriptor and a
 * NUMBER, and what the driver might refuse is in a list of HANDLES, is a SYNC, or was fine
 * the last time, with the same QUEUE. It must not wait for anything that another request of the
 * guest would bring; if it waits for a sync_file that it is given, that is a signalled one.
 */
#define SUBMITS		XENDRM_IOCTL_SUBMITS
/* The argument is a u32 and a pointer, not a u64, for which 32-bit programs have 4 bytes */
#define NATIVE_PTR	XENDRM_IOCTL_NATIVE_PTR

/* An ioctl (its name without DRM_IOCTL_), its flags, and perhaps FIELDS and a rule */
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
 * The buffer rules, see enum pvdrm_buffer_kind. The macros take the argument's type
 * and the names of members.
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
 * The work rules, see struct pvdrm_work_rule: an ioctl, and either a type and a member
 * of it, the handle of a buffer that the work uses or of a syncobj that it signals; and
 * the steps there: a pointer in a struct that leads to ONE_OF or MANY_OF another
 * struct. ONLY_IF: not every one, but those in which bits have a value; ONLY_IF_BOTH: and
 * bits of the member behind it, too.
 *
 * Before these, of an ioctl whose driver queues any number of submissions: a type, and the
 * members of it that name the queue, in which work is done in order. Last, if the driver
 * has buffers with the fences of all that uses their address space: WORK_IN_SPACE.
 */
struct work_handle {	/* an element of a list of nothing but handles */
	__u32 handle;
};

#define WORK_ON_BUFFER(ioctl, type, member, ...) \
	WORK_RULE(ioctl, BUFFER, type, member, __VA_ARGS__)
#define WORK_SIGNALS(ioctl, type, member, ...) \
	WORK_RULE(ioctl, SYNCOBJ, type, member, __VA_ARGS__)
#define WORK_IN_SPACE(ioctl) \
	{ \
		.cmd = DRM_IOCTL_##ioctl, \
		.kind = PVDRM_WORK_SPACE, \
	}
#define WORK_IN_ONE_QUEUE(ioctl) \
	{ \
		.cmd = DRM_IOCTL_##ioctl, \
		.kind = PVDRM_WORK_QUEUE, \
	}
#define WORK_IN_QUEUE(ioctl, type, member) \
	{ \
		.cmd = DRM_IOCTL_##ioctl, \
		.kind = PVDRM_WORK_QUEUE, \
		.names = 1, \
		.name = { WORK_OFFSET(type, member, sizeof(u32)) }, \
	}
#define WORK_IN_QUEUE_OF(ioctl, type, member, other) \
	{ \
		.cmd = DRM_IOCTL_##ioctl, \
		.kind = PVDRM_WORK_QUEUE, \
		.names = 2, \
		.name = { WORK_OFFSET(type, member, sizeof(u32)), \
			  WORK_OFFSET(type, other, sizeof(u32)) }, \
	}
/* Each part, an element that a step leads to, is for a queue of what the member names */
#define WORK_IN_QUEUES(ioctl, type, member, part, index, step) \
	{ \
		.cmd = DRM_IOCTL_##ioctl, \
		.kind = PVDRM_WORK_QUEUE, \
		.names = 1, \
		.name = { WORK_OFFSET(type, member, sizeof(u32)) }, \
		.handle = WORK_OFFSET(part, index, sizeof(u32)), \
		.steps = { step }, \
	}
#define WORK_RULE(ioctl, what, type, member, ...) \
	{ \
		.cmd = DRM_IOCTL_##ioctl, \
		.kind = PVDRM_WORK_##what, \
		.handle = WORK_OFFSET(type, member, sizeof(u32)), \
		.steps = { __VA_ARGS__ }, \
	}
#define WORK_OFFSET(type, member, width) \
	(offsetof(type, member) + \
	 BUILD_BUG_ON_ZERO(sizeof_field(type, member) != (width)))
#define ONE_OF(type, member, element, ...) \
	{ \
		.pointer = WORK_OFFSET(type, member, sizeof(u64)), \
		.one = true, \
		.stride = sizeof(element), \
		__VA_ARGS__ \
	}
#define MANY_OF(type, member, number, element, ...) \
	{ \
		.pointer = WORK_OFFSET(type, member, sizeof(u64)), \
		.count = WORK_OFFSET(type, number, sizeof(u32)), \
		.stride = sizeof(element), \
		__VA_ARGS__ \
	}
#define ONLY_IF(type, member, bits, is) \
	.when = WORK_OFFSET(type, member, sizeof(u32)), \
	.mask = (bits), \
	.value = (is)
#define ONLY_IF_BOTH(type, member, bits, is, behind, more_bits, is_too) \
	.when = WORK_OFFSET(type, member, sizeof(u32)) + BUILD_BUG_ON_ZERO( \
		offsetof(type, behind) != offsetof(type, member) + sizeof(u32)), \
	.mask = (u32)(bits) | (u64)(more_bits) << 32, \
	.value = (u32)(is) | (u64)(is_too) << 32

/* The object rules, see enum pvdrm_object_kind. */
#define MAKES_OBJECTS(number) \
	.objects = { .kind = PVDRM_OBJECT_MAKES, .nr = (number) }
#define FREES_OBJECT \
	.objects = { .kind = PVDRM_OBJECT_FREES }
#define GROWS \
	.objects = { .kind = PVDRM_OBJECT_GROWS }
/*
 * The argument's type, a number in it, of which 32 bits matter, and its values when an
 * object is made or freed; perhaps NAMED
 */
#define OBJECTS_BY(type, member, makes, frees, ...) \
	OBJECTS_BY_BITS(type, member, U32_MAX, makes, frees, __VA_ARGS__)
#define OBJECTS_BY_BITS(type, member, bits, makes, frees, ...) \
	.objects = { \
		.kind = PVDRM_OBJECT_BY_OP, \
		.op = BUFFER_OFFSET(type, member, \
				    sizeof_field(type, member)), \
		.mask = (bits), \
		.made = (makes), \
		.freed = (frees), \
		__VA_ARGS__ \
	}
/*
 * A driver that says that it has freed an object even if there is none would let a
 * guest have any number of them. So it is remembered which there are: by the id that is
 * returned, and the one that is freed.
 */
#define NAMED(type, returned, named_by) \
	.named = true, \
	.made_id = BUFFER_OFFSET(type, returned, sizeof(u32)), \
	.freed_id = BUFFER_OFFSET(type, named_by, sizeof(u32))
#define NEVER		U32_MAX

/*
 * With CREATES: SIZE_TOLD: the driver returns the size that the buffer has. BLOCKS_IF: it
 * makes one of whole blocks, of so many bytes, if a member has any of these bits.
 */
#define SIZE_TOLD \
	.told = true
#define BLOCKS_IF(type, member, bits, bytes) \
	.block_if = BUFFER_OFFSET(type, member, sizeof(u32)), \
	.block_bits = (bits), \
	.block = (bytes)

/*
 * With CREATES or CREATES_DUMB. CACHED: the buffers may be cached when they are freed,
 * and the next call with the same argument, apart from the RESULTs, gets one of them.
 * CACHED_IF: only if a member has this value, which is not 0. MMAP_AT: the member in
 * which the driver returns the offset for mmap().
 */
#define CACHED(members) \
	.cached = true, \
	.results = (members)
#define CACHED_IF(type, member, value) \
	.only_offset = BUFFER_OFFSET(type, member, sizeof(u32)), \
	.only_value = (value)
#define MMAP_AT(type, offset) \
	.place = BUFFER_OFFSET(type, offset, sizeof(u64))
/* A member that the driver only writes; whole u32s */
#define RESULT(type, member) \
	(((1u << sizeof_field(type, member) / sizeof(u32)) - 1) << \
	 offsetof(type, member) / sizeof(u32))

/* An ioctl that is refused (its name without DRM_IOCTL_), and why */
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
#define TABLE_IN_MANY	(TABLE_IN | XENDRM_FIELD_MANY)
#define TABLE_IN_HANDLES	(TABLE_IN | XENDRM_FIELD_HANDLES)
#define TABLE_INOUT_TIMES	(TABLE_INOUT | XENDRM_FIELD_PRODUCT)
#define TABLE_IN_RESULT	(TABLE_IN | XENDRM_FIELD_RESULT)
#define TABLE_OUT_RESULT	(TABLE_OUT | XENDRM_FIELD_RESULT)

/* Offset of a member, which must have this width */
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
 * A pointer to elements that the driver reads (IN), writes (OUT), or both (INOUT).
 * Use OUT only if a successful call writes every byte; if it may leave some bytes as
 * they were, INOUT preserves them. IN_TIMES and INOUT_TIMES go with TIMES. IN_HANDLES
 * is a list of buffers: each element begins with a handle, a __u32. IN_RESULT
 * is for a union in the argument itself, in which a successful call replaces the
 * pointer by a result.
 *
 * What follows: ONE, COUNT or UNITS; ELEM; AT_MOST; and where needed TIMES, STRIDE,
 * EACH and a WHEN. If several entries describe the same place, the first whose
 * condition holds applies, so the last one needs no condition.
 */
#define ARRAY(member, direction, ...) \
	{ \
		.wire.kind = XENDRM_FIELD_ARRAY, \
		.wire.flags = TABLE_##direction, \
		.wire.offset = TABLE_OFFSET(member, sizeof(u64)), \
		__VA_ARGS__ \
	}

/* The number of elements is in a member; or there is always one */
#define COUNT(member) \
	.wire.count = offsetof(ARG, member), \
	.wire.count_width = TABLE_WIDTH(member)
#define ONE \
	.wire.count = 1, \
	.wire.max = 1

/* The number is COUNT's multiplied by another member's: only with *_TIMES */
#define TIMES(member) \
	STRIDE(member)

/*
 * The pointer leads to one struct, whose length is in a member, in units of so many
 * bytes. ELEM is the part of it that is known, EACH has its fields. AT_MOST counts
 * units. With IN_MANY it leads to as many elements as there is room for.
 */
#define UNITS(member, bytes) \
	COUNT(member), \
	.wire.aux = (bytes)

/* An element's type */
#define ELEM(type) \
	.wire.elem_size = sizeof(type)

/*
 * More elements are refused with E2BIG, whatever the pointer is. If the driver has no
 * limit of its own and uses kmalloc(), keep this to a few hundred KiB.
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

/* A pointer to a string, of which the driver reads at most @limit bytes */
#define STRING(member, limit, ...) \
	{ \
		.wire.kind = XENDRM_FIELD_STRING, \
		.wire.flags = XENDRM_FIELD_IN, \
		.wire.offset = TABLE_OFFSET(member, sizeof(u64)), \
		.wire.max = (limit), \
		__VA_ARGS__ \
	}

/*
 * A pointer to a chain of at most @limit structs. Each begins with @header, in which
 * @next points to the next struct and @tag tells its type. @list has the VARIANTs.
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
 * A struct in a chain: the value and the name of its tag, its type, perhaps EACH. If
 * it ends in a flexible array, COUNT (with ARG the struct), TRAILING and AT_MOST.
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

/* The type of the elements after the struct; with IN_TIMES, a second count */
#define TRAILING(type) \
	.wire.stride = sizeof(type)
#define TRAILING_TIMES(member) \
	.wire.aux = offsetof(ARG, member), \
	.wire.stride_width = TABLE_WIDTH(member)

/*
 * A file descriptor (DMABUF, SYNC_FILE, SYNCOBJ or EVENTFD) that is read (IN), written
 * (OUT) or both (INOUT). If IN and OUT have different conditions, list IN, then OUT.
 * OUT_RESULT is for a union in the argument itself, in which the driver reads
 * something else first. Every successful call must write the descriptor there, since
 * whatever is found there is taken for one.
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

/* The same in a union, in which a successful call leaves a result */
#define ABS_TIMEOUT_OR_RESULT(member, ...) \
	TABLE_TIME(member, IN_RESULT, __VA_ARGS__)

/* A time of CLOCK_MONOTONIC as a struct of s64 seconds and s64 ns */
#define ABS_TIMESPEC(member, ...) \
	{ \
		.wire.kind = XENDRM_FIELD_ABS_TIMESPEC, \
		.wire.flags = TABLE_IN, \
		.wire.offset = TABLE_OFFSET(member, 2 * sizeof(s64)), \
		__VA_ARGS__ \
	}

#define TABLE_TIME(member, direction, ...) \
	{ \
		.wire.kind = XENDRM_FIELD_ABS_TIMEOUT, \
		.wire.flags = TABLE_##direction, \
		.wire.offset = TABLE_OFFSET(member, sizeof(s64)), \
		__VA_ARGS__ \
	}

/*
 * The call is refused with an errno. Use it with a WHEN, or in the EACH of a VARIANT.
 * With RANGE, the member must also be between @low and @high.
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

/* With SUBMITS or NO_REPLY: it is waited for, if the WHEN holds, and the RANGE */
#define WAIT(...) \
	{ \
		.wire.kind = XENDRM_FIELD_WAIT, \
		__VA_ARGS__ \
	}

/*
 * The handle of a syncobj, and what a successful call does to it: see enum
 * xendrm_sync_use. With POINT, a member has the point of its timeline; 0 means none.
 */
#define SYNC(member, use, ...) \
	{ \
		.wire.kind = XENDRM_FIELD_SYNC, \
		.wire.offset = TABLE_OFFSET(member, sizeof(u32)), \
		.wire.aux = XENDRM_SYNC_##use, \
		__VA_ARGS__ \
	}
#define POINT(member) \
	.wire.elem_size = TABLE_OFFSET(member, sizeof(u64))

/*
 * With SUBMITS or NO_REPLY: what is refused for one value of all these need not be for another.
 * In an array, the number of elements and their order matter as well.
 */
#define QUEUE(member, ...) \
	{ \
		.wire.kind = XENDRM_FIELD_QUEUE, \
		COUNT(member), \
		__VA_ARGS__ \
	}

/*
 * With SUBMITS: a u64 in the argument itself, in which a successful call returns a number. With
 * the same values of all QUEUEs that are COUNTED it is one more each time, never 0, and nothing
 * else counts it up. If elements of an array have different values, the call is waited for.
 */
#define NUMBER(member) \
	{ \
		.wire.kind = XENDRM_FIELD_NUMBER, \
		.wire.offset = TABLE_OFFSET(member, sizeof(u64)), \
	}
#define COUNTED \
	.wire.flags = XENDRM_FIELD_COUNTED

/* The entry applies only if another member has any of these bits, equals a value, ... */
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
