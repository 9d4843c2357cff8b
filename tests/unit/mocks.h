/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * mocks.h: stand-ins for the functions of DRM core and the drivers
 *
 * They take their arguments apart as the kernel's do (and were written with
 * these at hand, not the tables), make a number of all they read, and write
 * wherever a kernel's function writes.
 */
#ifndef PVDRM_TEST_MOCKS_H
#define PVDRM_TEST_MOCKS_H

#include <assert.h>

#include "kinds.h"
#include "uapi/newest/vgem_drm.h"
#include "uapi/newest/virtgpu_drm.h"

/**
 * struct mock - an ioctl and how to try it
 * @name: its name
 * @cmd: its number
 * @func: the stand-in
 * @make: fill a random argument with what makes sense
 * @whole: a shorter struct would lack what tells a pointer from a number
 */
struct mock {
	const char *name;
	u32 cmd;
	mock_ioctl func;
	void (*make)(void *arg);
	bool whole;
};

#define DECLARE_MOCKS(driver) \
	extern const struct mock driver##_mocks[]; \
	extern const size_t nr_##driver##_mocks;
PVDRM_DRIVERS(DECLARE_MOCKS)
DECLARE_MOCKS(core)

#define MOCK(ioctl, function, maker) \
	{ \
		.name = "DRM_IOCTL_" #ioctl, \
		.cmd = DRM_IOCTL_##ioctl, \
		.func = function, \
		.make = maker, \
	}

#define MOCK_WHOLE(ioctl, function, maker) \
	{ \
		.name = "DRM_IOCTL_" #ioctl, \
		.cmd = DRM_IOCTL_##ioctl, \
		.func = function, \
		.make = maker, \
		.whole = true, \
	}

/* An ioctl with nothing to translate: all its bytes in, all its bytes out */
#define PLAIN(ioctl, type) \
	static long mock_##ioctl(struct space *s, void *data) \
	{ \
		return mock_plain(data, sizeof(type)); \
	} \
	static void make_##ioctl(void *arg) \
	{ \
		test_random_fill(arg, sizeof(type)); \
	} \
	static_assert(_IOC_SIZE(DRM_IOCTL_##ioctl) == sizeof(type), #ioctl)
#define PLAIN_MOCK(ioctl)	MOCK(ioctl, mock_##ioctl, make_##ioctl)

long mock_plain(void *data, size_t len);

/* Read an array and go on counting with it */
long mock_read(struct space *s, u64 addr, size_t len, u32 *sum);

/* As strndup_user() with at most 4096 bytes: the last must be NUL, or an earlier one */
long mock_read_string(struct space *s, u64 addr, u32 *sum);

/* Where nothing comes back, all that is read is in the answer */
long mock_status(u32 sum);

/* For the makers: memory for a pointee, sometimes NULL or no memory at all */
u64 make_pointee(size_t len);

/* A string that is short, or about as long as may be; sometimes NULL or no memory */
u64 make_string(void);

/* A time before or after now, or a special one */
s64 make_time(void);

/* nouveau's NVIF, whose calls differ in size: what they begin with */
struct mock_nvif {
	u8 version;
	u8 type;
	u8 pad[4];
	u8 owner;
	u8 route;
	u64 token;
	u64 object;
};

enum {
	MOCK_NVIF_SCLASS = 1, MOCK_NVIF_NEW, MOCK_NVIF_DEL, MOCK_NVIF_MTHD,
};

/* The table knows it up to the class that NEW names */
struct mock_nvif_new {
	struct mock_nvif head;
	u8 args[32];
};

#define DRM_IOCTL_NOUVEAU_NVIF	DRM_IOWR(DRM_COMMAND_BASE + 7, struct mock_nvif_new)

long mock_nvif(struct space *s, void *data);

#endif /* PVDRM_TEST_MOCKS_H */
