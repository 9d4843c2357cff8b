// SPDX-License-Identifier: GPL-2.0-only
/*
 * drm-nouveau: the GPU copies and fills, and every word is looked at
 *
 * Channels, objects and buffers by nouveau's own ioctls (nouveau.h).
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common.h"
#include "nouveau.h"

#define MIB		(1u << 20)
#define PAGE		4096u
#define CHANNELS	4
#define SIDE		200	/* pixels, of a picture; its lines have 256 */
#define PITCH		1024
#define PICTURE		(SIDE * PITCH)
#define EVICT_BUFFERS	6
#define EVICT_BYTES	(16 * MIB)

static const char *node = DEFAULT_NODE;
static const char *go;
static bool map_vram, evict, hang;

static __u32 pattern(__u32 seed, __u32 i)
{
	return (i + seed) * 2654435761u ^ seed << 16;
}

static void write_pattern(struct nv_buffer *buffer, __u32 seed)
{
	__u32 i;

	for (i = 0; i < buffer->size / 4; i++)
		buffer->map[i] = pattern(seed, i);
}

/* Words that are not the pattern's */
static __u32 wrong_words(const struct nv_buffer *buffer, __u32 seed)
{
	__u32 i, wrong = 0;

	for (i = 0; i < buffer->size / 4; i++)
		wrong += buffer->map[i] != pattern(seed, i);
	return wrong;
}

static void test_getparam(int fd)
{
	static const struct {
		__u64 param;
		const char *name;
	} params[] = {
		{ NOUVEAU_GETPARAM_PCI_VENDOR, "PCI_VENDOR" },
		{ NOUVEAU_GETPARAM_PCI_DEVICE, "PCI_DEVICE" },
		{ NOUVEAU_GETPARAM_BUS_TYPE, "BUS_TYPE" },
		{ NOUVEAU_GETPARAM_CHIPSET_ID, "CHIPSET_ID" },
		{ NOUVEAU_GETPARAM_GRAPH_UNITS, "GRAPH_UNITS" },
		{ NOUVEAU_GETPARAM_HAS_BO_USAGE, "HAS_BO_USAGE" },
		{ 9999, "unknown" },
	};
	__u64 value, later;
	size_t i;
	int error;

	for (i = 0; i < ARRAY_SIZE(params); i++) {
		error = nv_getparam(fd, params[i].param, &value);
		result("GETPARAM %s: %s %llx", params[i].name, errno_name(error),
		       error ? 0ull : (unsigned long long)value);
	}
	/* What is left of them, which others use too */
	check(!nv_getparam(fd, NOUVEAU_GETPARAM_FB_SIZE, &value) && value > 32 * MIB, "VRAM");
	check(!nv_getparam(fd, NOUVEAU_GETPARAM_AGP_SIZE, &value) && value > 32 * MIB, "GART");
	nv_getparam(fd, NOUVEAU_GETPARAM_PTIMER_TIME, &value);
	usleep(1000);
	nv_getparam(fd, NOUVEAU_GETPARAM_PTIMER_TIME, &later);
	check(later > value, "the GPU's clock goes on");
}

static void test_objects(int fd)
{
	struct nv_channel c;
	__u32 offset, i;

	nv_channel_open(fd, &c);
	result("channel: domains %x, suffix %08x %08x", c.domains, c.suffix[0], c.suffix[1]);
	result("object: %s", errno_name(nv_grobj(&c, 0xbeef0039, 0x39)));
	result("object of the same name: %s", errno_name(nv_grobj(&c, 0xbeef0039, 0x39)));
	result("object of no class: %s", errno_name(nv_grobj(&c, 0xbeef1234, 0x1234)));
	for (i = 0; i < 3; i++) {
		int error = nv_notifier(&c, 0xbeef0300 + i, 32, &offset);

		result("notifier: %s at %x", errno_name(error), offset);
	}
	result("notifier too large: %s", errno_name(nv_notifier(&c, 0xbeef0310, 8192, &offset)));
	nv_channel_close(&c);
}

static void bind_all(struct nv_channel *c)
{
	nv_bind(c, NV_SUB_COPY, NV_CLASS_COPY);
	nv_bind(c, NV_SUB_SURFACES, NV_CLASS_SURFACES);
	nv_bind(c, NV_SUB_RECTANGLE, NV_CLASS_RECTANGLE);
	nv_bind(c, NV_SUB_BLIT, NV_CLASS_BLIT);
	nv_begin(c, NV_SUB_RECTANGLE, 0x198, 1);
	nv_word(c, 0xbeef0000 | NV_CLASS_SURFACES);
	nv_begin(c, NV_SUB_RECTANGLE, 0x300, 1);
	nv_word(c, 3);
	nv_begin(c, NV_SUB_BLIT, 0x19c, 1);
	nv_word(c, 0xbeef0000 | NV_CLASS_SURFACES);
	nv_kick(c);
}

static void copy_all(struct nv_channel *c, const struct nv_buffer *in, const struct nv_buffer *out)
{
	const struct nv_lines lines = {
		.pitch_in = PAGE, .pitch_out = PAGE, .length = PAGE, .count = in->size / PAGE,
	};

	/* The engine counts to 2047. */
	if (lines.count > 2047) {
		struct nv_lines part = lines;
		__u32 left = lines.count;

		for (; left; left -= part.count) {
			part.count = left < 2047 ? left : 2047;
			nv_copy(c, in, out, &part);
			part.offset_in += part.count * PAGE;
			part.offset_out += part.count * PAGE;
		}
	} else {
		nv_copy(c, in, out, &lines);
	}
}

static void test_copy(int fd, struct nv_channel *c)
{
	struct nv_buffer in, out, vram[2];

	nv_mapped(fd, NV_GART, MIB, &in);
	nv_mapped(fd, NV_GART, MIB, &out);
	nv_buffer(fd, NV_VRAM, MIB, &vram[0]);
	nv_buffer(fd, NV_VRAM, MIB, &vram[1]);
	write_pattern(&in, 1);
	copy_all(c, &in, &out);
	nv_kick(c);
	nv_wait(fd, &out);
	check(!wrong_words(&out, 1), "system memory to system memory: %u words wrong",
	      wrong_words(&out, 1));

	memset(out.map, 0, out.size);
	write_pattern(&in, 2);
	copy_all(c, &in, &vram[0]);
	copy_all(c, &vram[0], &vram[1]);
	copy_all(c, &vram[1], &out);
	nv_kick(c);
	nv_wait(fd, &out);
	check(!wrong_words(&out, 2), "through two buffers in VRAM: %u words wrong",
	      wrong_words(&out, 2));
	result("copy hash %016llx", hash(HASH_START, out.map, out.size));
	nv_free(fd, &in);
	nv_free(fd, &out);
	nv_free(fd, &vram[0]);
	nv_free(fd, &vram[1]);
}

/* Lines of odd length at odd places, closer together than they were */
static void test_lines(int fd, struct nv_channel *c)
{
	const struct nv_lines lines = { 1234, 567, 1000, 777, 777, 100 };
	unsigned char *from, *to;
	struct nv_buffer in, out;
	__u32 i, wrong = 0;

	nv_mapped(fd, NV_GART, 32 * PAGE, &in);
	nv_mapped(fd, NV_GART, 32 * PAGE, &out);
	write_pattern(&in, 3);
	memset(out.map, 0, out.size);
	nv_copy(c, &in, &out, &lines);
	nv_kick(c);
	nv_wait(fd, &out);
	from = (unsigned char *)in.map;
	to = (unsigned char *)out.map;
	for (i = 0; i < 777 * 100; i++)
		wrong += to[567 + i] != from[1234 + i / 777 * 1000 + i % 777];
	check(!wrong, "lines: %u bytes wrong", wrong);
	check(!to[566] && !to[567 + 777 * 100], "nothing around them");
	result("lines hash %016llx", hash(HASH_START, out.map, out.size));
	nv_free(fd, &in);
	nv_free(fd, &out);
}

/* Six rectangles, and a copy of a part of them onto itself */
static void draw(struct nv_channel *c, const struct nv_buffer *target, __u32 seed)
{
	__u32 i;

	nv_target(c, target, PITCH);
	nv_rectangle(c, 0, 0, 256, SIDE, 0xff000000 | seed);
	for (i = 0; i < 6; i++)
		nv_rectangle(c, i * 20 + 3, i * 17 + 5, 50 + i, 40 + i, pattern(seed, i));
	nv_blit(c, 10, 10, 17, 23, 100, 90);
}

/* The same on the CPU */
static void expect_picture(__u32 *to, __u32 seed)
{
	static __u32 before[PICTURE / 4];
	__u32 i, x, y;

	for (i = 0; i < PICTURE / 4; i++)
		to[i] = 0xff000000 | seed;
	for (i = 0; i < 6; i++)
		for (y = i * 17 + 5; y < i * 17 + 5 + 40 + i; y++)
			for (x = i * 20 + 3; x < i * 20 + 3 + 50 + i; x++)
				to[y * 256 + x] = pattern(seed, i);
	memcpy(before, to, sizeof(before));
	for (y = 0; y < 90; y++)
		for (x = 0; x < 100; x++)
			to[(y + 23) * 256 + x + 17] = before[(y + 10) * 256 + x + 10];
}

static void check_picture(const char *what, const struct nv_buffer *picture, __u32 seed)
{
	static __u32 want[PICTURE / 4];

	expect_picture(want, seed);
	check(!memcmp(picture->map, want, PICTURE), "%s", what);
	result("%s: hash %016llx", what, hash(HASH_START, picture->map, PICTURE));
}

static void test_draw(int fd, struct nv_channel *c)
{
	struct nv_buffer picture, vram;

	nv_mapped(fd, NV_GART, PICTURE, &picture);
	nv_buffer(fd, NV_VRAM, PICTURE, &vram);
	memset(picture.map, 0, PICTURE);
	draw(c, &picture, 0x123456);
	nv_kick(c);
	nv_wait(fd, &picture);
	check_picture("drawn in system memory", &picture, 0x123456);
	draw(c, &vram, 0x654321);
	copy_all(c, &vram, &picture);
	nv_kick(c);
	nv_wait(fd, &picture);
	check_picture("drawn in VRAM", &picture, 0x654321);
	nv_free(fd, &picture);
	nv_free(fd, &vram);
}

/* The kernel writes the buffers' places into the commands, and tells them. */
static void test_relocations(int fd, struct nv_channel *c)
{
	const struct nv_lines lines = { 0, 0, PAGE, PAGE, PAGE, 16 };
	__u32 i, unwritten = 0, used, relocs, buffers;
	struct nv_buffer in, out;

	nv_mapped(fd, NV_GART, 16 * PAGE, &in);
	nv_mapped(fd, NV_GART, 16 * PAGE, &out);
	write_pattern(&in, 4);
	nv_copy(c, &in, &out, &lines);
	used = c->used;
	relocs = c->relocs;
	buffers = c->buffers;
	check(!nv_submit(c), "commands with relocations");
	nv_wait(fd, &out);
	check(!wrong_words(&out, 4), "copied");
	for (i = 0; i < relocs; i++)
		unwritten += c->push.map[c->reloc[i].reloc_bo_offset / 4] >> 16 == 0xdead;
	check(!unwritten, "%u places not written", unwritten);
	for (i = 1; i < buffers; i++)
		check(c->buffer[i].presumed.domain == NV_GART, "buffer %u is told to be in GART", i);
	result("offset of the object: %08x", c->push.map[1]);

	/* Told right, nothing needs writing; told wrong, it is written again. */
	write_pattern(&in, 5);
	for (i = 0; i < buffers; i++)
		c->buffer[i].presumed.valid = 1;
	check(!nv_submit(c), "the same with places known");
	nv_wait(fd, &out);
	check(!wrong_words(&out, 5), "copied again");
	write_pattern(&in, 6);
	for (i = 0; i < relocs; i++)
		c->push.map[c->reloc[i].reloc_bo_offset / 4] = 0xdead0000;
	c->buffer[1].presumed.offset += 4 * MIB;
	c->buffer[2].presumed.domain = NV_VRAM;
	check(!nv_submit(c), "the same with places known wrong");
	nv_wait(fd, &out);
	check(!wrong_words(&out, 6), "copied once more");
	check(used == c->used, "no command more");
	nv_kick(c);
	nv_free(fd, &in);
	nv_free(fd, &out);
}

/* The GPU writes a notification into memory of the channel. */
static void test_notifier(int fd, struct nv_channel *c)
{
	struct drm_nouveau_gem_info about = { .handle = c->notifier };
	const __u32 handle = 0xbeef0311;
	struct nv_buffer memory;
	__u32 offset;

	check(!nv_call(fd, DRM_IOCTL_NOUVEAU_GEM_INFO, &about), "GEM_INFO of the notifiers");
	memory = (struct nv_buffer) { about.handle, about.domain, about.size, about.map_handle };
	result("notifiers: domain %x, %llu bytes", about.domain, (unsigned long long)about.size);
	check(!nv_map(fd, &memory), "mapping them");
	check(!nv_notifier(c, handle, 32, &offset), "NOTIFIEROBJ_ALLOC");
	memset(&memory.map[offset / 4], 0xff, 32);
	nv_begin(c, NV_SUB_COPY, 0x180, 1);
	nv_word(c, handle);
	nv_begin(c, NV_SUB_COPY, 0x104, 1);
	nv_word(c, 0);
	nv_begin(c, NV_SUB_COPY, 0x100, 1);
	nv_word(c, 0);
	nv_kick(c);
	check(!memory.map[offset / 4 + 2] && !memory.map[offset / 4 + 3], "notified, status 0");
	check(memory.map[offset / 4 + 4] == ~0u, "and nothing behind it");
}

/* Channels at the same time, none waits for another before the end */
static void test_channels(int fd)
{
	struct nv_buffer picture[CHANNELS];
	struct nv_channel c[CHANNELS];
	char what[40];
	__u32 i;

	for (i = 0; i < CHANNELS; i++) {
		nv_channel_open(fd, &c[i]);
		bind_all(&c[i]);
		nv_mapped(fd, NV_GART, PICTURE, &picture[i]);
		draw(&c[i], &picture[i], i * 0x111);
	}
	for (i = 0; i < CHANNELS; i++)
		check(!nv_submit(&c[i]), "channel %u of %u", i, CHANNELS);
	for (i = 0; i < CHANNELS; i++) {
		nv_wait(fd, &picture[i]);
		snprintf(what, sizeof(what), "drawn by channel %u", i);
		check_picture(what, &picture[i], i * 0x111);
	}
	for (i = 0; i < CHANNELS; i++) {
		nv_channel_close(&c[i]);
		nv_free(fd, &picture[i]);
	}
}

/* Buffers in VRAM mapped: the CPU writes what the GPU reads, and the reverse. */
static void test_map_vram(int fd, struct nv_channel *c)
{
	struct nv_buffer vram, memory;

	nv_mapped(fd, NV_VRAM, MIB, &vram);
	nv_mapped(fd, NV_GART, MIB, &memory);
	write_pattern(&vram, 7);
	copy_all(c, &vram, &memory);
	nv_kick(c);
	nv_wait(fd, &memory);
	check(!wrong_words(&memory, 7), "VRAM written by the CPU: %u words wrong",
	      wrong_words(&memory, 7));
	write_pattern(&memory, 8);
	copy_all(c, &memory, &vram);
	nv_kick(c);
	nv_wait(fd, &vram);
	check(!wrong_words(&vram, 8), "VRAM read by the CPU: %u words wrong",
	      wrong_words(&vram, 8));
	nv_free(fd, &vram);
	nv_free(fd, &memory);
}

/* More in VRAM than it has: the kernel moves buffers away and back. */
static void test_evict(int fd, struct nv_channel *c)
{
	struct nv_buffer vram[EVICT_BUFFERS], memory;
	__u32 i;

	nv_mapped(fd, NV_GART, EVICT_BYTES, &memory);
	for (i = 0; i < EVICT_BUFFERS; i++) {
		write_pattern(&memory, 10 + i);
		nv_buffer(fd, NV_VRAM, EVICT_BYTES, &vram[i]);
		copy_all(c, &memory, &vram[i]);
		nv_kick(c);
		nv_wait(fd, &memory);
	}
	for (i = 0; i < EVICT_BUFFERS; i++) {
		memset(memory.map, 0, EVICT_BYTES);
		copy_all(c, &vram[i], &memory);
		nv_kick(c);
		nv_wait(fd, &memory);
		check(!wrong_words(&memory, 10 + i), "buffer %u of %u in more than VRAM: %u wrong",
		      i, EVICT_BUFFERS, wrong_words(&memory, 10 + i));
		nv_free(fd, &vram[i]);
	}
	nv_free(fd, &memory);
}

static void await(const char *file)
{
	while (access(file, F_OK))
		usleep(100000);
}

/*
 * Somebody makes the channel hang: it is told, not for ever, and told so. The
 * kernel needs 30 seconds to believe it.
 */
static void test_hang(int fd)
{
	struct nv_buffer picture;
	struct nv_channel c;

	nv_channel_open(fd, &c);
	bind_all(&c);
	info("channel %d", c.id);
	await(go);
	nv_mapped(fd, NV_GART, PICTURE, &picture);
	draw(&c, &picture, 1);
	check(!nv_submit(&c), "commands for a channel that hangs");
	result("not yet done: %s", errno_name(nv_prep(fd, &picture, NOUVEAU_GEM_CPU_PREP_NOWAIT)));
	result("waited: %s", errno_name(nv_prep(fd, &picture, 0)));
	check(picture.map[0] != 0xff000001, "nothing was drawn");
}

int main(int argc, char **argv)
{
	const struct option_spec options[] = {
		{ "device", .text = &node, .help = "DRM node (" DEFAULT_NODE ")" },
		{ "map-vram", .flag = &map_vram, .help = "buffers in VRAM, mapped" },
		{ "evict", .flag = &evict, .help = "more buffers in VRAM than it has room for" },
		{ "hang", .flag = &hang, .help = "only: use a channel that somebody makes hang" },
		{ "go", .text = &go, .help = "with --hang: go on when this file exists" },
	};
	struct nv_channel c;
	int fd;

	parse_options(argc, argv, "Copies and fills by the GPU, every word checked.", options,
		      ARRAY_SIZE(options));
	fd = nv_open(node);
	if (hang) {
		if (!go)
			die("--hang needs --go");
		test_hang(fd);
		return failures() != 0;
	}
	test_getparam(fd);
	test_objects(fd);
	nv_channel_open(fd, &c);
	bind_all(&c);
	test_copy(fd, &c);
	test_lines(fd, &c);
	test_draw(fd, &c);
	test_relocations(fd, &c);
	test_notifier(fd, &c);
	test_channels(fd);
	if (map_vram)
		test_map_vram(fd, &c);
	if (evict)
		test_evict(fd, &c);
	nv_channel_close(&c);
	return failures() != 0;
}
