// SPDX-License-Identifier: GPL-2.0-only
/*
 * kinds.c: a made-up driver: its table, and its functions as they would be in
 * a kernel, which know nothing of the table
 */
#include "kinds.h"

/* ------------------------------------------------------------------ the table */

#define ARG struct kinds_arrays
static const struct pvdrm_field_entry arrays[] = {
	ARRAY(in, IN, COUNT(nr_in), ELEM(u32), AT_MOST(1000)),
	ARRAY(out, OUT, COUNT(nr_out), ELEM(u64), AT_MOST(1000)),
	ARRAY(both, INOUT, COUNT(nr_both), ELEM(u16), AT_MOST(1000)),
	ARRAY(bytes, IN, COUNT(nr_bytes), ELEM(char), AT_MOST(255)),
};

#undef ARG

#define ARG struct kinds_buffer
static const struct pvdrm_field_entry buffer[] = {
	ARRAY(relocs, INOUT, COUNT(nr_relocs), ELEM(struct kinds_reloc),
	      AT_MOST(1000)),
};

#undef ARG

#define ARG struct kinds_job
static const struct pvdrm_field_entry job[] = {
	ARRAY(buffers, IN, COUNT(nr_buffers), ELEM(struct kinds_buffer),
	      AT_MOST(1000), EACH(buffer)),
	STRING(name, KINDS_NAME_LEN),
};

#undef ARG

#define ARG struct kinds_nest
static const struct pvdrm_field_entry nest[] = {
	ARRAY(jobs, INOUT, COUNT(nr_jobs), ELEM(struct kinds_job),
	      AT_MOST(1000), EACH(job)),
};

#undef ARG

#define ARG struct kinds_point
static const struct pvdrm_field_entry point[] = {
	ARRAY(data, IN, COUNT(len), ELEM(char), AT_MOST(1000)),
};

#undef ARG

#define ARG struct kinds_stride
static const struct pvdrm_field_entry stride[] = {
	ARRAY(points, IN, COUNT(nr), STRIDE(stride), ELEM(struct kinds_point),
	      AT_MOST(1000), EACH(point)),
};

#undef ARG

#define ARG struct kinds_tagged
static const struct pvdrm_field_entry tagged[] = {
	STRING(value, KINDS_NAME_LEN, WHEN_EQ(type, KINDS_STRING)),
	ARRAY(value, INOUT, ONE, ELEM(u32), WHEN_EQ(type, KINDS_INT)),
	ARRAY(value, OUT, ONE, ELEM(u64[2]), WHEN_EQ(type, KINDS_PAIR)),
	ABS_TIMEOUT(timeout),
	ABS_TIMEOUT(since, WHEN_GT(type, KINDS_STRING)),
};

#undef ARG

#define ARG struct kinds_timespec
static const struct pvdrm_field_entry timespec[] = {
	ABS_TIMESPEC(when),
};

#undef ARG

#define ARG struct kinds_blob
static const struct pvdrm_field_entry blob[] = {
	ARRAY(bytes, IN, COUNT(len), ELEM(char), AT_MOST(100)),
};

#undef ARG

#define ARG struct kinds_chain
static const struct pvdrm_field_entry extension[] = {
	VARIANT(KINDS_LINK_NUMBER, struct kinds_link, tag, struct kinds_number,
		IN),
	VARIANT(KINDS_LINK_BLOB, struct kinds_link, tag, struct kinds_blob,
		INOUT, EACH(blob)),
};

static const struct pvdrm_field_entry chain[] = {
	CHAIN(extensions, struct kinds_link, next, tag, KINDS_MOST_LINKS,
	      extension),
};

#undef ARG

#define ARG struct kinds_fence
static const struct pvdrm_field_entry fence[] = {
	FD(fd, SYNC_FILE, IN),
};

#undef ARG

#define ARG struct kinds_fences
static const struct pvdrm_field_entry fences[] = {
	FD(fd, SYNC_FILE, IN, WHEN_ANY(flags, KINDS_FD_IN)),
	FD(fd, SYNC_FILE, OUT, WHEN_ANY(flags, KINDS_FD_OUT)),
	FD(event, EVENTFD, IN, WHEN_ANY(flags, KINDS_EVENT)),
	FD(both, SYNC_FILE, INOUT, WHEN_ANY(flags, KINDS_SECOND)),
	FD(context, SYNC_FILE, OUT_RESULT, WHEN_ANY(flags, KINDS_RESULT)),
	ARRAY(list, IN, COUNT(nr), ELEM(struct kinds_fence), AT_MOST(9000),
	      EACH(fence)),
};

#undef ARG

#define ARG struct kinds_fds
static const struct pvdrm_field_entry fd_out[] = {
	FD(fd, DMABUF, OUT),
};

#undef ARG

static const struct pvdrm_ioctl_entry kinds_ioctls[] = {
	IOCTL(KINDS_VARSIZE,	VARSIZE),
	IOCTL(KINDS_ARRAYS,	NOTHING,	FIELDS(arrays)),
	IOCTL(KINDS_NEST,	NOTHING,	FIELDS(nest)),
	IOCTL(KINDS_STRIDE,	NOTHING,	FIELDS(stride)),
	IOCTL(KINDS_TAGGED,	MAY_BLOCK,	FIELDS(tagged)),
	IOCTL(KINDS_TIMESPEC,	MAY_BLOCK,	FIELDS(timespec)),
	IOCTL(KINDS_CHAIN,	NOTHING,	FIELDS(chain)),
	IOCTL(KINDS_FENCES,	NOTHING,	FIELDS(fences)),
	IOCTL(KINDS_FD_OUT,	NOTHING,	FIELDS(fd_out)),
	IOCTL(KINDS_WRITE,	NO_REPLY),
	IOCTL(KINDS_READ,	NOTHING),
	IOCTL(KINDS_NONE,	NOTHING),
};

const struct pvdrm_driver_table kinds_table = {
	.driver = "kinds",
	.ioctls = kinds_ioctls,
	.nr = ARRAY_SIZE(kinds_ioctls),
};

/* ----------------------------------------------------------------- the driver */

static long sum_at(struct space *s, u64 addr, size_t len, u32 *sum)
{
	size_t i;

	for (i = 0; i < len; i++) {
		u8 byte;

		if (space_read(s, &byte, addr + i, 1))
			return -EFAULT;
		*sum = *sum * 31 + byte;
	}
	return 0;
}

long kinds_arrays(struct space *s, void *data)
{
	struct kinds_arrays *arg = data;
	u32 sum = 0;
	u32 i;

	if (sum_at(s, arg->in, arg->nr_in * sizeof(u32), &sum) ||
	    sum_at(s, arg->bytes, arg->nr_bytes, &sum))
		return -EFAULT;
	for (i = 0; i < arg->nr_both; i++) {
		u16 value;

		if (space_read(s, &value, arg->both + 2 * i, 2))
			return -EFAULT;
		value ^= sum;
		/* Every other one is left as it was */
		if (i % 2 && space_write(s, arg->both + 2 * i, &value, 2))
			return -EFAULT;
	}
	if (arg->fail) {
		arg->fail++;
		return -EBUSY;
	}
	for (i = 0; i < arg->nr_out; i++) {
		u64 value = sum + i;

		if (space_write(s, arg->out + 8 * i, &value, 8))
			return -EFAULT;
	}
	arg->nr_in = sum;
	return 7;
}

static long nest_buffer(struct space *s, u64 at, u32 *sum)
{
	struct kinds_buffer buffer;
	u32 i;

	if (space_read(s, &buffer, at, sizeof(buffer)))
		return -EFAULT;
	*sum = *sum * 31 + buffer.handle;
	for (i = 0; i < buffer.nr_relocs; i++) {
		u64 reloc_at = buffer.relocs + i * sizeof(struct kinds_reloc);
		struct kinds_reloc reloc;

		if (space_read(s, &reloc, reloc_at, sizeof(reloc)))
			return -EFAULT;
		*sum = *sum * 31 + reloc.offset;
		reloc.value += *sum;
		if (space_write(s, reloc_at, &reloc, sizeof(reloc)))
			return -EFAULT;
	}
	return 0;
}

static long name_at(struct space *s, u64 addr, u32 *result)
{
	u32 sum = *result;
	u32 i;

	/* As strncpy_from_user() */
	for (i = 0; i < KINDS_NAME_LEN; i++) {
		u8 byte;

		if (space_read(s, &byte, addr + i, 1))
			return -EFAULT;
		sum = sum * 31 + byte;
		if (!byte)
			break;
	}
	*result = sum;
	return 0;
}

static long nest_job(struct space *s, u64 at)
{
	struct kinds_job job;
	u32 i;

	if (space_read(s, &job, at, sizeof(job)))
		return -EFAULT;
	job.result = 1;
	for (i = 0; i < job.nr_buffers; i++)
		if (nest_buffer(s, job.buffers + i * sizeof(struct kinds_buffer),
				&job.result))
			return -EFAULT;
	if (job.name && name_at(s, job.name, &job.result))
		return -EFAULT;
	return space_write(s, at + offsetof(struct kinds_job, result),
			   &job.result, sizeof(job.result));
}

long kinds_nest(struct space *s, void *data)
{
	struct kinds_nest *arg = data;
	u32 i;

	for (i = 0; i < arg->nr_jobs; i++)
		if (nest_job(s, arg->jobs + i * sizeof(struct kinds_job)))
			return -EFAULT;
	arg->sum = arg->nr_jobs + 1;
	return 0;
}

long kinds_stride(struct space *s, void *data)
{
	struct kinds_stride *arg = data;
	u32 i;

	for (i = 0; i < arg->nr; i++) {
		struct kinds_point p = { 0 };

		if (space_read(s, &p, arg->points + (u64)i * arg->stride,
			       min(arg->stride, (u32)sizeof(p))))
			return -EFAULT;
		arg->sum = arg->sum * 31 + p.flags;
		if (sum_at(s, p.data, p.len, &arg->sum))
			return -EFAULT;
	}
	return 0;
}

/* What a driver makes of a time: how long until then */
u32 kinds_until(struct space *s, s64 when)
{
	if (when == S64_MAX)
		return 0xffffffff;
	if (when <= 0)
		return when;
	return when > s->now ? (when - s->now) % 0xfffffffe : 0;
}

long kinds_tagged(struct space *s, void *data)
{
	struct kinds_tagged *arg = data;
	u64 pair[2] = { 5, 6 };
	u32 number;

	arg->result = kinds_until(s, arg->timeout);
	switch (arg->type) {
	case KINDS_NUMBER:
		arg->result += arg->value + arg->since;
		return 0;
	case KINDS_STRING:
		arg->result += arg->since;
		return name_at(s, arg->value, &arg->result);
	case KINDS_INT:
		arg->result += kinds_until(s, arg->since);
		if (space_read(s, &number, arg->value, sizeof(number)))
			return -EFAULT;
		number++;
		return space_write(s, arg->value, &number, sizeof(number));
	case KINDS_PAIR:
		arg->result += kinds_until(s, arg->since);
		return space_write(s, arg->value, pair, sizeof(pair));
	default:
		return -EINVAL;
	}
}

static long chain_blob(struct space *s, u64 at)
{
	struct kinds_blob blob;

	if (space_read(s, &blob, at, sizeof(blob)))
		return -EFAULT;
	if (sum_at(s, blob.bytes, blob.len, &blob.result))
		return -EFAULT;
	return space_write(s, at + offsetof(struct kinds_blob, result),
			   &blob.result, sizeof(blob.result));
}

long kinds_chain(struct space *s, void *data)
{
	struct kinds_chain *arg = data;
	u64 at = arg->extensions;
	struct kinds_number number;
	u32 links = 0;

	while (at) {
		struct kinds_link link;
		long err = 0;

		if (++links > KINDS_MOST_LINKS)
			return -E2BIG;
		if (space_read(s, &link, at, sizeof(link)))
			return -EFAULT;
		switch (link.tag) {
		case KINDS_LINK_NUMBER:
			err = space_read(s, &number, at, sizeof(number));
			arg->sum = arg->sum * 31 + (err ? 0 : number.number);
			break;
		case KINDS_LINK_BLOB:
			err = chain_blob(s, at);
			break;
		default:
			err = -EINVAL;
		}
		if (err)
			return err;
		at = link.next;
	}
	return 0;
}

s32 kinds_makes_fd;
long kinds_returns;
s32 kinds_saw_fd;
u32 kinds_saw_context;

/* As virtio_gpu: the number is written only if all went well */
long kinds_fences(struct space *s, void *data)
{
	struct kinds_fences *arg = data;

	kinds_saw_fd = arg->fd;
	kinds_saw_context = arg->context;
	if (kinds_returns >= 0 && arg->flags & KINDS_FD_OUT)
		arg->fd = kinds_makes_fd;
	if (kinds_returns >= 0 && arg->flags & KINDS_SECOND)
		arg->both = kinds_makes_fd;
	if (kinds_returns >= 0 && arg->flags & KINDS_RESULT)
		arg->context = kinds_makes_fd;
	return kinds_returns;
}

/* For an argument of any size: its first number says how many bytes count */
long kinds_sum_bytes(struct space *s, void *data)
{
	u8 *bytes = data;
	u32 i;

	for (i = 4; i < bytes[0]; i++)
		bytes[4] += bytes[i];
	return 0;
}
