// SPDX-License-Identifier: GPL-2.0-only
/*
 * drm-nouveau-bad: what nouveau refuses, and what a GPU makes of nonsense
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "common.h"
#include "nouveau.h"

#define MANY	5000
#define BYTES	16384

static const char *node = DEFAULT_NODE;
static struct drm_nouveau_gem_pushbuf_bo many_buffers[MANY];
static struct drm_nouveau_gem_pushbuf_reloc many_relocs[MANY];
static struct drm_nouveau_gem_pushbuf_push many_pushes[MANY];

static void observe(const char *what, int error)
{
	result("%s: %s", what, errno_name(error));
}

static int push(struct nv_channel *c, __u32 buffers, __u32 relocs, __u32 pushes)
{
	struct drm_nouveau_gem_pushbuf arg = {
		.channel = c->id,
		.nr_buffers = buffers,
		.buffers = (unsigned long)many_buffers,
		.nr_relocs = relocs,
		.relocs = (unsigned long)many_relocs,
		.nr_push = pushes,
		.push = (unsigned long)many_pushes,
	};

	return nv_call(c->fd, DRM_IOCTL_NOUVEAU_GEM_PUSHBUF, &arg);
}

/* Commands that are right: a return, and one buffer to relocate */
static void set_right(struct nv_channel *c, const struct nv_buffer *b)
{
	c->push.map[0] = c->suffix[0];
	c->push.map[1] = c->suffix[1];
	memset(many_buffers, 0, sizeof(many_buffers));
	memset(many_relocs, 0, sizeof(many_relocs));
	memset(many_pushes, 0, sizeof(many_pushes));
	many_buffers[0] = (struct drm_nouveau_gem_pushbuf_bo) {
		.handle = c->push.handle, .read_domains = NV_GART, .valid_domains = NV_GART,
	};
	many_buffers[1] = (struct drm_nouveau_gem_pushbuf_bo) {
		.handle = b->handle, .read_domains = NV_GART, .valid_domains = NV_GART,
	};
	many_relocs[0] = (struct drm_nouveau_gem_pushbuf_reloc) {
		.reloc_bo_index = 1, .reloc_bo_offset = 64, .bo_index = 1,
		.flags = NOUVEAU_GEM_RELOC_LOW,
	};
	many_pushes[0].length = 8;
}

static void test_pushbuf(struct nv_channel *c, const struct nv_buffer *b, int other)
{
	struct nv_buffer foreign;
	__s32 id = c->id;

	set_right(c, b);
	observe("right commands", push(c, 2, 1, 1));
	observe("too many buffers", push(c, MANY, 1, 1));
	observe("too many relocations", push(c, 2, MANY, 1));
	observe("too many pushes", push(c, 2, 1, MANY));
	observe("a few buffers too many", push(c, 1025, 1, 1));
	observe("a few pushes too many", push(c, 2, 1, 513));
	many_pushes[0].bo_index = 2;
	observe("push of a buffer that is not listed", push(c, 2, 1, 1));
	set_right(c, b);
	many_relocs[0].reloc_bo_offset = BYTES - 3;
	observe("relocation across the end", push(c, 2, 1, 1));
	set_right(c, b);
	many_relocs[0].reloc_bo_offset = 0xfffffffc;
	observe("relocation far outside", push(c, 2, 1, 1));
	set_right(c, b);
	many_relocs[0].bo_index = 2;
	observe("relocation of a buffer that is not listed", push(c, 2, 1, 1));
	set_right(c, b);
	many_relocs[0].reloc_bo_index = 77;
	observe("relocation in a buffer that is not listed", push(c, 2, 1, 1));
	set_right(c, b);
	many_buffers[1].handle = c->push.handle;
	observe("a buffer twice", push(c, 2, 1, 1));
	set_right(c, b);
	many_buffers[1].valid_domains = 0;
	observe("a buffer that may be nowhere", push(c, 2, 1, 1));
	set_right(c, b);
	nv_buffer(other, NV_GART, BYTES, &foreign);
	many_buffers[1].handle = foreign.handle + 1000;
	observe("a handle of another file", push(c, 2, 1, 1));
	nv_free(other, &foreign);
	set_right(c, b);
	c->id = 29;
	observe("a channel that is not ours", push(c, 2, 1, 1));
	c->id = id;
	observe("right commands again", push(c, 2, 1, 1));
}

static void test_pointers(struct nv_channel *c, const struct nv_buffer *b)
{
	struct drm_nouveau_gem_pushbuf arg = {
		.channel = c->id, .nr_buffers = 2, .nr_relocs = 1, .nr_push = 1,
		.buffers = 0x1000, .relocs = (unsigned long)many_relocs,
		.push = (unsigned long)many_pushes,
	};

	set_right(c, b);
	observe("buffers nowhere", nv_call(c->fd, DRM_IOCTL_NOUVEAU_GEM_PUSHBUF, &arg));
	arg.buffers = (unsigned long)many_buffers;
	arg.push = 0x1000;
	observe("pushes nowhere", nv_call(c->fd, DRM_IOCTL_NOUVEAU_GEM_PUSHBUF, &arg));
}

static void test_buffers(int fd, int other, const struct nv_buffer *b)
{
	struct nv_buffer foreign, made, bad = { .handle = 0 };
	struct drm_nouveau_gem_new tiled = {
		.info = { .domain = NV_GART, .size = BYTES, .tile_flags = 0xff00 },
	};

	nv_buffer(other, NV_GART, BYTES, &foreign);
	foreign.handle += 1000;
	observe("CPU_PREP of another file's", nv_prep(fd, &foreign, 0));
	observe("CPU_PREP of nothing", nv_prep(fd, &bad, 0));
	observe("CPU_PREP", nv_prep(fd, b, 0));
	observe("buffer of no bytes", nv_new(fd, NV_GART, 0, &made));
	observe("buffer larger than VRAM", nv_new(fd, NV_VRAM, 1ull << 28, &made));
	observe("buffer of a strange kind", nv_call(fd, DRM_IOCTL_NOUVEAU_GEM_NEW, &tiled));
	foreign.handle -= 1000;
	nv_free(other, &foreign);
}

/* NVIF takes what size it is given. */
static int call_nvif(int fd, void *bytes, unsigned int size)
{
	return nv_call(fd, _IOC(_IOC_READ | _IOC_WRITE, DRM_IOCTL_BASE, NV_NR(NVIF), size), bytes);
}

static void test_nvif(int fd)
{
	unsigned char bytes[256] = { 0 };
	struct nv_nvif *nvif = (struct nv_nvif *)bytes;
	unsigned int size;

	for (size = 0; size <= sizeof(*nvif) + 16; size += 4)
		result("NVIF of %u bytes: %s", size, errno_name(call_nvif(fd, bytes, size)));
	nvif->version = 1;
	observe("NVIF of another version", call_nvif(fd, bytes, 64));
	nvif->version = 0;
	nvif->type = 99;
	observe("NVIF of no type", call_nvif(fd, bytes, 64));
}

static void test_channel_ioctls(int fd, const struct nv_channel *c)
{
	struct drm_nouveau_channel_free none = { 29 };
	struct drm_nouveau_gpuobj_free no_object = { c->id, 0xbeefffff };
	struct drm_nouveau_channel_alloc bad = { .fb_ctxdma_handle = ~0u };
	struct nv_channel foreign = *c;
	__u32 offset;

	foreign.id = 29;
	observe("CHANNEL_FREE of none", nv_call(fd, DRM_IOCTL_NOUVEAU_CHANNEL_FREE, &none));
	observe("CHANNEL_ALLOC with a bad handle",
		nv_call(fd, DRM_IOCTL_NOUVEAU_CHANNEL_ALLOC, &bad));
	observe("GROBJ_ALLOC for no channel", nv_grobj(&foreign, 0xbeef0039, 0x39));
	observe("NOTIFIEROBJ_ALLOC for no channel", nv_notifier(&foreign, 0xbeef0300, 32, &offset));
	observe("GPUOBJ_FREE of nothing", nv_call(fd, NV_IOCTL_GPUOBJ_FREE, &no_object));
}

/* Nonsense for the GPU: the kernel logs it, the channel goes on. */
static void test_nonsense(int fd, struct nv_channel *c, const struct nv_buffer *b)
{
	const struct nv_lines beyond = { 0, 0x7fff0000, 4096, 4096, 4096, 1 };

	nv_bind(c, NV_SUB_COPY, NV_CLASS_COPY);
	nv_kick(c);
	/* An object that is not there, and a method that no class has */
	nv_begin(c, NV_SUB_COPY, 0x184, 1);
	nv_word(c, 0xdeadbeef);
	nv_begin(c, NV_SUB_COPY, 0x1ff0, 1);
	nv_word(c, 1);
	nv_begin(c, 6, 0x500, 1);
	nv_word(c, 1);
	observe("nonsense", nv_submit(c));
	nv_wait(fd, &c->push);
	nv_kick(c);
	nv_copy(c, b, b, &beyond);
	observe("a copy to where nothing is", nv_submit(c));
	nv_wait(fd, &c->push);
	nv_kick(c);
	check(true, "the channel goes on");
}

int main(int argc, char **argv)
{
	const struct option_spec options[] = {
		{ "device", .text = &node, .help = "DRM node (" DEFAULT_NODE ")" },
	};
	struct nv_channel c;
	struct nv_buffer b;
	int fd, other;

	parse_options(argc, argv, "Calls that nouveau refuses.", options, ARRAY_SIZE(options));
	fd = nv_open(node);
	other = nv_open(node);
	nv_channel_open(fd, &c);
	nv_mapped(fd, NV_GART, BYTES, &b);
	test_pushbuf(&c, &b, other);
	test_pointers(&c, &b);
	test_buffers(fd, other, &b);
	test_nvif(fd);
	test_channel_ioctls(fd, &c);
	test_nonsense(fd, &c, &b);
	nv_channel_close(&c);
	return failures() != 0;
}
