// SPDX-License-Identifier: GPL-2.0-only
/*
 * nouveau without Mesa: see nouveau.h
 */
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xf86drm.h>

#include "common.h"
#include "nouveau.h"

#define OBJECT_HANDLE	0xbeef0000	/* and the class */
#define OPERATION_COPY	3
#define SURFACE_ARGB	10

int nv_call(int fd, unsigned long cmd, void *arg)
{
	return ioctl(fd, cmd, arg) ? errno : 0;
}

static void must(const char *what, int error)
{
	if (error)
		die("%s: %s", what, errno_name(error));
}

int nv_getparam(int fd, __u64 param, __u64 *value)
{
	struct drm_nouveau_getparam arg = { .param = param };
	int error = nv_call(fd, DRM_IOCTL_NOUVEAU_GETPARAM, &arg);

	*value = arg.value;
	return error;
}

int nv_grobj(const struct nv_channel *channel, __u32 handle, __u32 class)
{
	struct nv_grobj_alloc arg = { channel->id, handle, class };

	return nv_call(channel->fd, NV_IOCTL_GROBJ_ALLOC, &arg);
}

int nv_notifier(const struct nv_channel *channel, __u32 handle, __u32 size, __u32 *offset)
{
	struct drm_nouveau_notifierobj_alloc arg = { channel->id, handle, size, 0 };
	int error = nv_call(channel->fd, NV_IOCTL_NOTIFIEROBJ_ALLOC, &arg);

	*offset = arg.offset;
	return error;
}

int nv_new(int fd, __u32 domain, __u64 size, struct nv_buffer *buffer)
{
	struct drm_nouveau_gem_new arg = {
		.info = { .domain = domain | NOUVEAU_GEM_DOMAIN_MAPPABLE, .size = size },
		.align = 4096,
	};
	int error = nv_call(fd, DRM_IOCTL_NOUVEAU_GEM_NEW, &arg);

	*buffer = (struct nv_buffer) {
		.handle = arg.info.handle,
		.domain = domain,
		.size = arg.info.size,
		.map_handle = arg.info.map_handle,
	};
	return error;
}

int nv_map(int fd, struct nv_buffer *buffer)
{
	void *map = mmap(NULL, buffer->size, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
			 buffer->map_handle);

	if (map == MAP_FAILED)
		return errno;
	buffer->map = map;
	return 0;
}

int nv_prep(int fd, const struct nv_buffer *buffer, __u32 flags)
{
	struct drm_nouveau_gem_cpu_prep arg = { buffer->handle, flags };

	return nv_call(fd, DRM_IOCTL_NOUVEAU_GEM_CPU_PREP, &arg);
}

int nv_open(const char *node)
{
	int fd = open_drm(node);
	drmVersionPtr version;

	version = drmGetVersion(fd);
	if (!version || strcmp(version->name, "nouveau"))
		die("%s: its driver is %s, not nouveau", node, version ? version->name : "unknown");
	drmFreeVersion(version);
	return fd;
}

void nv_buffer(int fd, __u32 domain, __u64 size, struct nv_buffer *buffer)
{
	must("GEM_NEW", nv_new(fd, domain, size, buffer));
}

void nv_mapped(int fd, __u32 domain, __u64 size, struct nv_buffer *buffer)
{
	nv_buffer(fd, domain, size, buffer);
	must("mmap", nv_map(fd, buffer));
}

void nv_free(int fd, struct nv_buffer *buffer)
{
	struct drm_gem_close arg = { .handle = buffer->handle };

	if (buffer->map)
		munmap(buffer->map, buffer->size);
	must("GEM_CLOSE", nv_call(fd, DRM_IOCTL_GEM_CLOSE, &arg));
	memset(buffer, 0, sizeof(*buffer));
}

void nv_wait(int fd, const struct nv_buffer *buffer)
{
	struct drm_nouveau_gem_cpu_fini fini = { buffer->handle };

	must("GEM_CPU_PREP", nv_prep(fd, buffer, NOUVEAU_GEM_CPU_PREP_WRITE));
	must("GEM_CPU_FINI", nv_call(fd, DRM_IOCTL_NOUVEAU_GEM_CPU_FINI, &fini));
}

/* The kernel tells what commands must end with when there are none. */
static void ask_suffix(struct nv_channel *channel)
{
	struct drm_nouveau_gem_pushbuf arg = { .channel = channel->id };

	must("GEM_PUSHBUF", nv_call(channel->fd, DRM_IOCTL_NOUVEAU_GEM_PUSHBUF, &arg));
	channel->suffix[0] = arg.suffix0;
	channel->suffix[1] = arg.suffix1;
}

static void forget(struct nv_channel *channel)
{
	channel->used = 0;
	channel->relocs = 0;
	channel->buffers = 1;
	channel->buffer[0] = (struct drm_nouveau_gem_pushbuf_bo) {
		.handle = channel->push.handle,
		.read_domains = channel->push.domain,
		.valid_domains = channel->push.domain,
	};
}

void nv_channel_open(int fd, struct nv_channel *channel)
{
	struct drm_nouveau_channel_alloc arg = {
		.fb_ctxdma_handle = NV_HANDLE_VRAM,
		.tt_ctxdma_handle = NV_HANDLE_GART,
	};

	memset(channel, 0, sizeof(*channel));
	must("CHANNEL_ALLOC", nv_call(fd, DRM_IOCTL_NOUVEAU_CHANNEL_ALLOC, &arg));
	channel->fd = fd;
	channel->id = arg.channel;
	channel->notifier = arg.notifier_handle;
	channel->domains = arg.pushbuf_domains;
	nv_mapped(fd, NV_GART, NV_PUSH_BYTES, &channel->push);
	ask_suffix(channel);
	forget(channel);
}

void nv_channel_close(struct nv_channel *channel)
{
	struct drm_nouveau_channel_free arg = { channel->id };

	must("CHANNEL_FREE", nv_call(channel->fd, DRM_IOCTL_NOUVEAU_CHANNEL_FREE, &arg));
	nv_free(channel->fd, &channel->push);
}

void nv_bind(struct nv_channel *channel, unsigned int subchannel, __u32 class)
{
	must("GROBJ_ALLOC", nv_grobj(channel, OBJECT_HANDLE | class, class));
	nv_begin(channel, subchannel, 0, 1);
	nv_word(channel, OBJECT_HANDLE | class);
}

void nv_word(struct nv_channel *channel, __u32 word)
{
	/* Room for the suffix */
	if (channel->used >= NV_PUSH_BYTES / 4 - 2)
		die("too many commands at once");
	channel->push.map[channel->used++] = word;
}

void nv_begin(struct nv_channel *channel, unsigned int subchannel, __u32 method, __u32 count)
{
	nv_word(channel, count << 18 | subchannel << 13 | method);
}

static __u32 find_buffer(struct nv_channel *channel, const struct nv_buffer *buffer, bool write)
{
	struct drm_nouveau_gem_pushbuf_bo *bo = channel->buffer;
	__u32 i;

	for (i = 0; i < channel->buffers; i++, bo++)
		if (bo->handle == buffer->handle)
			break;
	if (i == channel->buffers) {
		if (i == NV_MAX_BUFFERS)
			die("too many buffers at once");
		channel->buffers++;
		*bo = (struct drm_nouveau_gem_pushbuf_bo) {
			.handle = buffer->handle,
			.valid_domains = buffer->domain,
		};
	}
	if (write)
		bo->write_domains = buffer->domain;
	else
		bo->read_domains = buffer->domain;
	return i;
}

static void relocate(struct nv_channel *channel, __u32 index, __u32 flags, __u32 data, __u32 vram,
		     __u32 gart)
{
	if (channel->relocs == NV_MAX_RELOCS)
		die("too many relocations at once");
	channel->reloc[channel->relocs++] = (struct drm_nouveau_gem_pushbuf_reloc) {
		.reloc_bo_index = 0,
		.reloc_bo_offset = channel->used * 4,
		.bo_index = index,
		.flags = flags,
		.data = data,
		.vor = vram,
		.tor = gart,
	};
	/* What nobody writes over shows. */
	nv_word(channel, 0xdead0000 | channel->relocs);
}

void nv_offset(struct nv_channel *channel, const struct nv_buffer *buffer, __u32 delta, bool write)
{
	relocate(channel, find_buffer(channel, buffer, write), NOUVEAU_GEM_RELOC_LOW, delta, 0, 0);
}

void nv_object(struct nv_channel *channel, const struct nv_buffer *buffer, bool write)
{
	relocate(channel, find_buffer(channel, buffer, write), NOUVEAU_GEM_RELOC_OR, 0,
		 NV_HANDLE_VRAM, NV_HANDLE_GART);
}

int nv_submit(struct nv_channel *channel)
{
	struct drm_nouveau_gem_pushbuf_push push = { .length = (channel->used + 2) * 4 };
	struct drm_nouveau_gem_pushbuf arg = {
		.channel = channel->id,
		.nr_buffers = channel->buffers,
		.buffers = (unsigned long)channel->buffer,
		.nr_relocs = channel->relocs,
		.relocs = (unsigned long)channel->reloc,
		.nr_push = 1,
		.push = (unsigned long)&push,
	};
	int error;

	channel->push.map[channel->used] = channel->suffix[0];
	channel->push.map[channel->used + 1] = channel->suffix[1];
	error = nv_call(channel->fd, DRM_IOCTL_NOUVEAU_GEM_PUSHBUF, &arg);
	channel->suffix[0] = arg.suffix0;
	channel->suffix[1] = arg.suffix1;
	return error;
}

void nv_kick(struct nv_channel *channel)
{
	if (!channel->used)
		return;
	nv_send(channel);
	nv_finish(channel);
}

void nv_send(struct nv_channel *channel)
{
	must("GEM_PUSHBUF", nv_submit(channel));
}

void nv_finish(struct nv_channel *channel)
{
	/* The buffer with the commands is used again. */
	nv_wait(channel->fd, &channel->push);
	forget(channel);
}

void nv_kick_polling(struct nv_channel *channel, unsigned int ms)
{
	int error;

	must("GEM_PUSHBUF", nv_submit(channel));
	do {
		usleep(ms * 1000);
		error = nv_prep(channel->fd, &channel->push,
				NOUVEAU_GEM_CPU_PREP_NOWAIT | NOUVEAU_GEM_CPU_PREP_WRITE);
	} while (error == EBUSY);
	must("GEM_CPU_PREP", error);
	forget(channel);
}

void nv_copy(struct nv_channel *channel, const struct nv_buffer *in, const struct nv_buffer *out,
	     const struct nv_lines *lines)
{
	nv_begin(channel, NV_SUB_COPY, 0x184, 2);
	nv_object(channel, in, false);
	nv_object(channel, out, true);
	nv_begin(channel, NV_SUB_COPY, 0x30c, 8);
	nv_offset(channel, in, lines->offset_in, false);
	nv_offset(channel, out, lines->offset_out, true);
	nv_word(channel, lines->pitch_in);
	nv_word(channel, lines->pitch_out);
	nv_word(channel, lines->length);
	nv_word(channel, lines->count);
	nv_word(channel, 0x0101);
	nv_word(channel, 0);
}

void nv_target(struct nv_channel *channel, const struct nv_buffer *buffer, __u32 pitch)
{
	nv_begin(channel, NV_SUB_SURFACES, 0x184, 2);
	nv_object(channel, buffer, false);
	nv_object(channel, buffer, true);
	nv_begin(channel, NV_SUB_SURFACES, 0x300, 4);
	nv_word(channel, SURFACE_ARGB);
	nv_word(channel, pitch << 16 | pitch);
	nv_offset(channel, buffer, 0, false);
	nv_offset(channel, buffer, 0, true);
}

void nv_rectangle(struct nv_channel *channel, __u32 x, __u32 y, __u32 width, __u32 height,
		  __u32 colour)
{
	nv_begin(channel, NV_SUB_RECTANGLE, 0x2fc, 1);
	nv_word(channel, OPERATION_COPY);
	nv_begin(channel, NV_SUB_RECTANGLE, 0x3fc, 3);
	nv_word(channel, colour);
	nv_word(channel, x << 16 | y);
	nv_word(channel, width << 16 | height);
}

void nv_blit(struct nv_channel *channel, __u32 x, __u32 y, __u32 to_x, __u32 to_y, __u32 width,
	     __u32 height)
{
	nv_begin(channel, NV_SUB_BLIT, 0x2fc, 4);
	nv_word(channel, OPERATION_COPY);
	nv_word(channel, y << 16 | x);
	nv_word(channel, to_y << 16 | to_x);
	nv_word(channel, height << 16 | width);
}
