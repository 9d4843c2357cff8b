// SPDX-License-Identifier: GPL-2.0-only
/*
 * The GPU in tests/nvgpu as its client sees it: messages, also bad ones
 */
#include <errno.h>
#include <linux/vfio.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#include "nvgpu.h"
#include "regs.h"
#include "vfio_user.h"

static struct vfu_message message;
static struct vfu_answer answer;

struct access {
	uint64_t offset;
	uint32_t region, count;
	uint32_t value;
};

static int ask(struct device *d, unsigned int command, const void *body, size_t size)
{
	memset(&message, 0, sizeof(message));
	message.header.command = command;
	message.body_size = size;
	if (size)
		memcpy(message.body, body, size);
	return vfu_handle(&d->gpu, &message, &answer);
}

static void headers(void **state)
{
	struct vfu_header h = { .command = VFU_VERSION, .size = sizeof(h) };
	size_t size = 1;

	assert_int_equal(vfu_check_header(&h, &size), 0);
	assert_int_equal(size, 0);
	h.size = sizeof(h) - 1;
	assert_int_equal(vfu_check_header(&h, &size), -EPROTO);
	h.size = 0;
	assert_int_equal(vfu_check_header(&h, &size), -EPROTO);
	h.size = UINT32_MAX;
	assert_int_equal(vfu_check_header(&h, &size), -EMSGSIZE);
	h.size = sizeof(h) + VFU_MAX_BODY;
	assert_int_equal(vfu_check_header(&h, &size), 0);
	h.size++;
	assert_int_equal(vfu_check_header(&h, &size), -EMSGSIZE);
	h.size = sizeof(h);
	h.flags = VFU_REPLY;
	assert_int_equal(vfu_check_header(&h, &size), -EPROTO);
}

/* Every command, cut off at every length: an error or an answer, never more. */
static void short_messages(void **state)
{
	struct device *d = *state;
	static const uint8_t zero[64];
	unsigned int command;
	size_t size;

	for (command = 0; command < 20; command++)
		for (size = 0; size <= sizeof(zero); size++)
			ask(d, command, zero, size);
	assert_int_equal(ask(d, VFU_VERSION, zero, 3), -EINVAL);
	assert_int_equal(ask(d, VFU_DEVICE_INFO, zero, 15), -EINVAL);
	assert_int_equal(ask(d, VFU_REGION_INFO, zero, 31), -EINVAL);
	assert_int_equal(ask(d, VFU_IRQ_INFO, zero, 15), -EINVAL);
	assert_int_equal(ask(d, VFU_SET_IRQS, zero, 19), -EINVAL);
	assert_int_equal(ask(d, VFU_REGION_READ, zero, 15), -EINVAL);
	assert_int_equal(ask(d, VFU_REGION_WRITE, zero, 15), -EINVAL);
	assert_int_equal(ask(d, VFU_DMA_MAP, zero, 31), -EINVAL);
	assert_int_equal(ask(d, VFU_DMA_UNMAP, zero, 23), -EINVAL);
	assert_int_equal(ask(d, 99, zero, 0), -ENOTSUP);
}

static void versions(void **state)
{
	struct device *d = *state;
	uint16_t version[2] = { 0, 7 };

	assert_int_equal(ask(d, VFU_VERSION, version, sizeof(version)), 0);
	memcpy(version, answer.body, sizeof(version));
	assert_int_equal(version[1], 0);
	assert_int_equal(answer.body[answer.body_size - 1], 0);
	version[0] = 1;
	assert_int_equal(ask(d, VFU_VERSION, version, sizeof(version)), -ENOTSUP);
}

static void regions(void **state)
{
	struct device *d = *state;
	struct vfio_region_info info = { .argsz = sizeof(info), .index = 1 };

	assert_int_equal(ask(d, VFU_REGION_INFO, &info, sizeof(info)), 0);
	assert_int_equal(answer.fd, d->gpu.vram_fd);
	memcpy(&info, answer.body, sizeof(info));
	assert_int_equal(info.size, VRAM_BYTES);
	assert_true(info.flags & VFIO_REGION_INFO_FLAG_MMAP);
	info.index = 0;
	assert_int_equal(ask(d, VFU_REGION_INFO, &info, sizeof(info)), 0);
	assert_int_equal(answer.fd, -1);
	info.index = VFIO_PCI_NUM_REGIONS;
	assert_int_equal(ask(d, VFU_REGION_INFO, &info, sizeof(info)), -EINVAL);
}

static uint32_t get(struct device *d, uint32_t region, uint64_t offset)
{
	struct access a = { offset, region, 4 };
	uint32_t value;

	assert_int_equal(ask(d, VFU_REGION_READ, &a, 16), 0);
	assert_int_equal(answer.body_size, 20);
	memcpy(&value, answer.body + 16, 4);
	return value;
}

static void accesses(void **state)
{
	struct device *d = *state;
	struct access a = { 0x1234, 1, 4, 0xcafe };

	assert_int_equal(get(d, VFIO_PCI_CONFIG_REGION_INDEX, 0), PCI_DEVICE << 16 | PCI_VENDOR);
	assert_int_equal(get(d, 0, PMC_BOOT) >> 20, 0x045);
	assert_int_equal(get(d, 0, PROM) & 0xffff, 0xaa55);
	assert_int_equal(get(d, 0, PROM + PROM_SIZE - 4), 0);
	assert_int_equal(ask(d, VFU_REGION_WRITE, &a, 20), 0);
	assert_int_equal(get(d, 1, 0x1234), 0xcafe);
	/* More than was sent, more than there is, and where nothing is */
	a.count = 5;
	assert_int_equal(ask(d, VFU_REGION_WRITE, &a, 20), -EINVAL);
	a = (struct access) { VRAM_BYTES - 2, 1, 4 };
	assert_int_equal(ask(d, VFU_REGION_WRITE, &a, 20), -EINVAL);
	assert_int_equal(ask(d, VFU_REGION_READ, &a, 16), -EINVAL);
	a.offset = UINT64_MAX - 1;
	assert_int_equal(ask(d, VFU_REGION_READ, &a, 16), -EINVAL);
	a = (struct access) { 0, 1, UINT32_MAX };
	assert_int_equal(ask(d, VFU_REGION_READ, &a, 16), -EINVAL);
	assert_int_equal(ask(d, VFU_REGION_WRITE, &a, 20), -EINVAL);
	a = (struct access) { 0, 77, 4 };
	assert_int_equal(ask(d, VFU_REGION_READ, &a, 16), -EINVAL);
	a = (struct access) { 254, VFIO_PCI_CONFIG_REGION_INDEX, 4 };
	assert_int_equal(ask(d, VFU_REGION_WRITE, &a, 20), -EINVAL);
	/* What identifies the device cannot be written. */
	a = (struct access) { 0, VFIO_PCI_CONFIG_REGION_INDEX, 4, 0 };
	assert_int_equal(ask(d, VFU_REGION_WRITE, &a, 20), 0);
	assert_int_equal(get(d, VFIO_PCI_CONFIG_REGION_INDEX, 0), PCI_DEVICE << 16 | PCI_VENDOR);
}

/* Accesses of odd sizes, as an emulator may split or join them */
static void odd_accesses(void **state)
{
	struct device *d = *state;
	uint8_t body[16 + 7] = { 0 };
	struct access a = { 0x4001, 0, 7 };

	memcpy(body, &a, 16);
	memset(body + 16, 0x5a, 7);
	assert_int_equal(ask(d, VFU_REGION_WRITE, body, sizeof(body)), 0);
	assert_int_equal(get(d, 0, 0x4000), 0x5a5a5a00);
	assert_int_equal(get(d, 0, 0x4004), 0x5a5a5a5a);
	/* A VGA register behind its index port */
	body[16] = 0x44;
	a = (struct access) { 0x6013d4, 0, 1 };
	memcpy(body, &a, 16);
	assert_int_equal(ask(d, VFU_REGION_WRITE, body, 17), 0);
	body[16] = 3;
	a.offset = 0x6013d5;
	memcpy(body, &a, 16);
	assert_int_equal(ask(d, VFU_REGION_WRITE, body, 17), 0);
	assert_int_equal(d->gpu.vga[0].crtc[0x44], 3);
	assert_int_equal(ask(d, VFU_REGION_READ, &a, 16), 0);
	assert_int_equal(answer.body[16], 3);
}

static void fault_words(void **state)
{
	struct device *d = *state;
	struct access a = {
		PCI_TEST_COMMAND, VFIO_PCI_CONFIG_REGION_INDEX, 4, FAULT_WORD(FAULT_HANG, 5),
	};

	assert_int_equal(ask(d, VFU_REGION_WRITE, &a, 20), 0);
	assert_int_equal(get(d, VFIO_PCI_CONFIG_REGION_INDEX, PCI_TEST_STATE), 1 << 5);
	a.value = FAULT_WORD(FAULT_NONE, 0);
	assert_int_equal(ask(d, VFU_REGION_WRITE, &a, 20), 0);
	assert_int_equal(get(d, VFIO_PCI_CONFIG_REGION_INDEX, PCI_TEST_STATE), 0);
}

/* A file shorter than the message says would be a fault when it is used. */
static void short_file(void **state)
{
	struct device *d = *state;
	struct {
		uint32_t argsz, flags;
		uint64_t offset, address, size;
	} map = { 32, 3, 0, BUS_BASE, 8192 };
	int fd = memfd_create("short", 0);
	size_t size = 4;

	assert_int_equal(ftruncate(fd, 4096), 0);
	memset(&message, 0, sizeof(message));
	message.header.command = VFU_DMA_MAP;
	message.body_size = sizeof(map);
	message.fd[0] = fd;
	message.fds = 1;
	memcpy(message.body, &map, sizeof(map));
	assert_int_equal(vfu_handle(&d->gpu, &message, &answer), -EINVAL);
	map.offset = UINT64_MAX;
	memcpy(message.body, &map, sizeof(map));
	assert_int_equal(vfu_handle(&d->gpu, &message, &answer), -EINVAL);
	map.offset = 0;
	map.size = 4096;
	memcpy(message.body, &map, sizeof(map));
	assert_int_equal(vfu_handle(&d->gpu, &message, &answer), 0);
	assert_int_equal(vfu_handle(&d->gpu, &message, &answer), -EEXIST);
	assert_non_null(bus_at(&d->gpu.bus, BUS_BASE, &size, true));
	close(fd);
}

struct served {
	struct gpu *gpu;
	int socket, error;
};

static void *serve(void *data)
{
	struct served *s = data;

	s->error = vfu_serve(s->gpu, s->socket);
	close(s->socket);
	return NULL;
}

/* What a server says to these bytes: its error, and how many bytes came back */
static int talk(struct device *d, const void *bytes, size_t size, uint8_t *back, ssize_t *got)
{
	struct served served = { .gpu = &d->gpu };
	pthread_t thread;
	int pair[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	served.socket = pair[1];
	assert_int_equal(pthread_create(&thread, NULL, serve, &served), 0);
	assert_int_equal(write(pair[0], bytes, size), size);
	shutdown(pair[0], SHUT_WR);
	*got = recv(pair[0], back, 64, MSG_WAITALL);
	close(pair[0]);
	pthread_join(thread, NULL);
	return served.error;
}

static void connections(void **state)
{
	struct device *d = *state;
	struct {
		struct vfu_header header;
		uint32_t version;
	} hello = { { 7, VFU_VERSION, 20 }, 0 };
	struct vfu_header header;
	uint8_t back[64];
	ssize_t got;

	assert_int_equal(talk(d, &hello, 20, back, &got), 0);
	memcpy(&header, back, sizeof(header));
	assert_int_equal(header.id, 7);
	assert_int_equal(header.flags, VFU_REPLY);
	/* Cut off in the header, in the body, at once */
	assert_int_equal(talk(d, &hello, 7, back, &got), 0);
	assert_true(got <= 0);
	assert_int_equal(talk(d, &hello, 18, back, &got), 0);
	assert_true(got <= 0);
	hello.header.size = UINT32_MAX;
	assert_int_equal(talk(d, &hello, 20, back, &got), -EMSGSIZE);
	assert_true(got <= 0);
	/* An error is told in a header alone. */
	hello.header = (struct vfu_header) { 8, 77, 20 };
	assert_int_equal(talk(d, &hello, 20, back, &got), 0);
	assert_int_equal(got, sizeof(header));
	memcpy(&header, back, sizeof(header));
	assert_int_equal(header.flags, VFU_REPLY | VFU_ERROR);
	assert_int_equal(header.error, ENOTSUP);
	hello.header.flags = VFU_NO_REPLY;
	assert_int_equal(talk(d, &hello, 20, back, &got), 0);
	assert_true(got <= 0);
}

#define MESSAGE(test)	cmocka_unit_test_setup_teardown(test, device_setup, device_teardown)

int main(void)
{
	const struct unit_case tests[] = {
		cmocka_unit_test(headers),
		MESSAGE(short_messages),
		MESSAGE(versions),
		MESSAGE(regions),
		MESSAGE(accesses),
		MESSAGE(odd_accesses),
		MESSAGE(fault_words),
		MESSAGE(short_file),
		MESSAGE(connections),
	};

	return cmocka_run_group_tests_name("nvgpu: messages", tests, NULL, NULL);
}
