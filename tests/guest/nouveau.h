/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * nouveau without Mesa: channels, objects, buffers and commands by ioctls
 *
 * For GPUs up to NV40, whose engines see memory through two DMA objects of a
 * channel: all of VRAM, all of GART. Which of them has a buffer is not known
 * before the kernel has put it somewhere: it writes that into the commands
 * (relocations).
 */
#ifndef NOUVEAU_H
#define NOUVEAU_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#include "uapi/newest/nouveau_drm.h"

#define NV_VRAM		NOUVEAU_GEM_DOMAIN_VRAM
#define NV_GART		NOUVEAU_GEM_DOMAIN_GART

#define NV_HANDLE_VRAM	0xbeef0201
#define NV_HANDLE_GART	0xbeef0202
#define NV_PUSH_BYTES	65536
#define NV_MAX_BUFFERS	32
#define NV_MAX_RELOCS	512

/* Classes, and the subchannels they are bound to */
#define NV_CLASS_COPY		0x0039
#define NV_CLASS_SURFACES	0x3062
#define NV_CLASS_RECTANGLE	0x004a
#define NV_CLASS_BLIT		0x009f
enum { NV_SUB_COPY, NV_SUB_SURFACES, NV_SUB_RECTANGLE, NV_SUB_BLIT };

struct nv_grobj_alloc {
	__s32 channel;
	__u32 handle;
	__s32 class;
};

struct nv_nvif {
	__u8 version;
	__u8 type;
	__u8 pad[4];
	__u8 owner;
	__u8 route;
	__u64 token;
	__u64 object;
};

#define NV_NR(name)	(DRM_COMMAND_BASE + DRM_NOUVEAU_##name)

#define NV_IOCTL_GROBJ_ALLOC		DRM_IOW(NV_NR(GROBJ_ALLOC), struct nv_grobj_alloc)
#define NV_IOCTL_NOTIFIEROBJ_ALLOC	\
	DRM_IOWR(NV_NR(NOTIFIEROBJ_ALLOC), struct drm_nouveau_notifierobj_alloc)
#define NV_IOCTL_GPUOBJ_FREE		DRM_IOW(NV_NR(GPUOBJ_FREE), struct drm_nouveau_gpuobj_free)

/**
 * struct nv_buffer - a buffer object
 * @domain: where it may be
 * @map: where it is mapped; NULL: it is not
 */
struct nv_buffer {
	__u32 handle;
	__u32 domain;
	__u64 size;
	__u64 map_handle;
	__u32 *map;
};

/**
 * struct nv_channel - a channel, and the commands that are gathered for it
 * @fd: of the node
 * @id: the kernel's number
 * @notifier: buffer with its notifications
 * @domains: where its commands may be
 * @push: buffer with the commands
 * @used: words in it
 * @suffix: what the kernel wants behind them
 * @buffer: those the commands use; the first is @push
 * @reloc: where in the commands buffers are named
 */
struct nv_channel {
	int fd;
	__s32 id;
	__u32 notifier;
	__u32 domains;
	struct nv_buffer push;
	__u32 used;
	__u32 suffix[2];
	struct drm_nouveau_gem_pushbuf_bo buffer[NV_MAX_BUFFERS];
	__u32 buffers;
	struct drm_nouveau_gem_pushbuf_reloc reloc[NV_MAX_RELOCS];
	__u32 relocs;
};

/* 0 or errno; never restarts */
int nv_call(int fd, unsigned long cmd, void *arg);
int nv_getparam(int fd, __u64 param, __u64 *value);
int nv_grobj(const struct nv_channel *channel, __u32 handle, __u32 class);
int nv_notifier(const struct nv_channel *channel, __u32 handle, __u32 size, __u32 *offset);
int nv_new(int fd, __u32 domain, __u64 size, struct nv_buffer *buffer);
int nv_map(int fd, struct nv_buffer *buffer);
int nv_prep(int fd, const struct nv_buffer *buffer, __u32 flags);

/* These end the program with a message when they fail. */
int nv_open(const char *node);
void nv_buffer(int fd, __u32 domain, __u64 size, struct nv_buffer *buffer);
void nv_mapped(int fd, __u32 domain, __u64 size, struct nv_buffer *buffer);
void nv_free(int fd, struct nv_buffer *buffer);
void nv_wait(int fd, const struct nv_buffer *buffer);
void nv_channel_open(int fd, struct nv_channel *channel);
void nv_channel_close(struct nv_channel *channel);
/* Make an object of a class and bind it to a subchannel. */
void nv_bind(struct nv_channel *channel, unsigned int subchannel, __u32 class);

/* Commands: so many words for methods from @method on */
void nv_begin(struct nv_channel *channel, unsigned int subchannel, __u32 method, __u32 count);
void nv_word(struct nv_channel *channel, __u32 word);
/* One of them is the offset of, or the DMA object that has, a buffer. */
void nv_offset(struct nv_channel *channel, const struct nv_buffer *buffer, __u32 delta, bool write);
void nv_object(struct nv_channel *channel, const struct nv_buffer *buffer, bool write);
/* 0 or errno. The buffers' places stay known for the next commands, if @keep. */
int nv_submit(struct nv_channel *channel);
void nv_kick(struct nv_channel *channel);
/* The two halves of nv_kick(): no commands are gathered between them */
void nv_send(struct nv_channel *channel);
void nv_finish(struct nv_channel *channel);
/* As nv_kick(), but the kernel does not wait: before NV84 it polls registers of the GPU */
void nv_kick_polling(struct nv_channel *channel, unsigned int ms);

/* Operations, on objects bound as above */
struct nv_lines {
	__u32 offset_in, offset_out;
	__u32 pitch_in, pitch_out;
	__u32 length;		/* bytes of a line */
	__u32 count;		/* lines, at most 2047 */
};

void nv_copy(struct nv_channel *channel, const struct nv_buffer *in, const struct nv_buffer *out,
	     const struct nv_lines *lines);
/* Draw on @buffer, 32-bit pixels, lines of @pitch bytes (a multiple of 64). */
void nv_target(struct nv_channel *channel, const struct nv_buffer *buffer, __u32 pitch);
void nv_rectangle(struct nv_channel *channel, __u32 x, __u32 y, __u32 width, __u32 height,
		  __u32 colour);
void nv_blit(struct nv_channel *channel, __u32 x, __u32 y, __u32 to_x, __u32 to_y, __u32 width,
	     __u32 height);

#endif /* NOUVEAU_H */
