// SPDX-License-Identifier: GPL-2.0-only
/*
 * core.c: the ioctls of DRM core, which every driver has
 *
 * Read with drivers/gpu/drm/drm_ioctl.c. What is refused gets EINVAL, as an
 * unknown number does.
 */
#include "back/tables/tables.h"

/* A wait takes about 64 bytes of contiguous memory for each */
#define MOST_SYNCOBJS	4096

/* Refuses with EINVAL what is longer than DRM_CLIENT_NAME_MAX_LEN: let it */
#define MOST_OF_NAME	4096

#define ARG struct drm_prime_handle
static const struct pvdrm_field_entry prime_handle_to_fd[] = {
	FD(fd, DMABUF, OUT),
};

static const struct pvdrm_field_entry prime_fd_to_handle[] = {
	FD(fd, DMABUF, IN),
};

#undef ARG

/*
 * What kind of descriptor it is depends on a flag. Flags of some later kernel
 * must not let one through untranslated, so they count as the common kind.
 */
#define TO_SYNC_FILE	DRM_SYNCOBJ_HANDLE_TO_FD_FLAGS_EXPORT_SYNC_FILE
#define FROM_SYNC_FILE	DRM_SYNCOBJ_FD_TO_HANDLE_FLAGS_IMPORT_SYNC_FILE
#define TO_POINT	DRM_SYNCOBJ_HANDLE_TO_FD_FLAGS_TIMELINE
#define FROM_POINT	DRM_SYNCOBJ_FD_TO_HANDLE_FLAGS_TIMELINE

#define ARG struct drm_syncobj_create
static const struct pvdrm_field_entry syncobj_create[] = {
	SYNC(handle, MADE),
};

#undef ARG

#define ARG struct drm_syncobj_destroy
static const struct pvdrm_field_entry syncobj_destroy[] = {
	WAIT(WHEN_NE(pad, 0)),
	SYNC(handle, ENDED),
};

#undef ARG

#define ARG struct drm_syncobj_handle
static const struct pvdrm_field_entry syncobj_handle_to_fd[] = {
	SYNC(handle, SHARED, WHEN_NE(flags, TO_SYNC_FILE)),
	FD(fd, SYNCOBJ, OUT, WHEN_EQ(flags, 0)),
	FD(fd, SYNCOBJ, OUT, WHEN_EQ(flags, TO_POINT)),
	FD(fd, SYNC_FILE, OUT, WHEN_EQ(flags, TO_SYNC_FILE)),
	FD(fd, SYNC_FILE, OUT, WHEN_EQ(flags, TO_SYNC_FILE | TO_POINT)),
	FD(fd, SYNCOBJ, OUT, WHEN_GT(flags, TO_SYNC_FILE | TO_POINT)),
};

static const struct pvdrm_field_entry syncobj_fd_to_handle[] = {
	SYNC(handle, RESET, WHEN_ANY(flags, FROM_SYNC_FILE)),
	FD(fd, SYNCOBJ, IN, WHEN_EQ(flags, 0)),
	FD(fd, SYNCOBJ, IN, WHEN_EQ(flags, FROM_POINT)),
	FD(fd, SYNC_FILE, IN, WHEN_EQ(flags, FROM_SYNC_FILE)),
	FD(fd, SYNC_FILE, IN, WHEN_EQ(flags, FROM_SYNC_FILE | FROM_POINT)),
	FD(fd, SYNCOBJ, IN, WHEN_GT(flags, FROM_SYNC_FILE | FROM_POINT)),
};

#undef ARG

#define ARG struct drm_syncobj_eventfd
static const struct pvdrm_field_entry syncobj_eventfd[] = {
	FD(fd, EVENTFD, IN),
};

#undef ARG

#define ARG struct drm_syncobj_wait
static const struct pvdrm_field_entry syncobj_wait[] = {
	ARRAY(handles, IN, COUNT(count_handles), ELEM(__u32),
	      AT_MOST(MOST_SYNCOBJS)),
	ABS_TIMEOUT(timeout_nsec),
	ABS_TIMEOUT(deadline_nsec,
		    WHEN_ANY(flags, DRM_SYNCOBJ_WAIT_FLAGS_WAIT_DEADLINE)),
};

#undef ARG

#define ARG struct drm_syncobj_timeline_wait
static const struct pvdrm_field_entry syncobj_timeline_wait[] = {
	ARRAY(handles, IN, COUNT(count_handles), ELEM(__u32),
	      AT_MOST(MOST_SYNCOBJS)),
	ARRAY(points, IN, COUNT(count_handles), ELEM(__u64),
	      AT_MOST(MOST_SYNCOBJS)),
	ABS_TIMEOUT(timeout_nsec),
	ABS_TIMEOUT(deadline_nsec,
		    WHEN_ANY(flags, DRM_SYNCOBJ_WAIT_FLAGS_WAIT_DEADLINE)),
};

#undef ARG

/* What an array of handles has */
struct syncobj_name {
	__u32 handle;
};

#define ARG struct syncobj_name
static const struct pvdrm_field_entry syncobj_reset_each[] = {
	SYNC(handle, RESET),
};

static const struct pvdrm_field_entry syncobj_signal_each[] = {
	SYNC(handle, SIGNALLED),
};

#undef ARG

#define ARG struct drm_syncobj_transfer
static const struct pvdrm_field_entry syncobj_transfer[] = {
	SYNC(dst_handle, RESET),
};

#undef ARG

#define ARG struct drm_syncobj_array
#define SYNCOBJS(each) \
	WAIT(WHEN_NE(pad, 0)), \
	WAIT(WHEN_EQ(count_handles, 0)), \
	ARRAY(handles, IN, COUNT(count_handles), ELEM(struct syncobj_name), \
	      AT_MOST(MOST_SYNCOBJS), EACH(each))
static const struct pvdrm_field_entry syncobj_reset[] = {
	SYNCOBJS(syncobj_reset_each),
};

static const struct pvdrm_field_entry syncobj_signal[] = {
	SYNCOBJS(syncobj_signal_each),
};

#undef ARG

/* Not all drivers with syncobjs have timelines: the first of a file is waited for. */
#define ARG struct drm_syncobj_timeline_array
static const struct pvdrm_field_entry syncobj_timeline_signal[] = {
	QUEUE(flags),
	WAIT(WHEN_NE(flags, 0)),
	WAIT(WHEN_EQ(count_handles, 0)),
	ARRAY(handles, IN, COUNT(count_handles), ELEM(struct syncobj_name),
	      AT_MOST(MOST_SYNCOBJS), EACH(syncobj_signal_each)),
	ARRAY(points, IN, COUNT(count_handles), ELEM(__u64),
	      AT_MOST(MOST_SYNCOBJS)),
};

static const struct pvdrm_field_entry syncobj_query[] = {
	ARRAY(handles, IN, COUNT(count_handles), ELEM(__u32),
	      AT_MOST(MOST_SYNCOBJS)),
	ARRAY(points, OUT, COUNT(count_handles), ELEM(__u64),
	      AT_MOST(MOST_SYNCOBJS)),
};

#undef ARG

#define ARG struct drm_set_client_name
static const struct pvdrm_field_entry set_client_name[] = {
	ARRAY(name, IN, COUNT(name_len), ELEM(char), AT_MOST(MOST_OF_NAME)),
};

#undef ARG

static const struct pvdrm_ioctl_entry core_ioctls[] = {
	/* The guest's own device: its name, its clients, their rights */
	IOCTL(VERSION,			LOCAL),
	IOCTL(GET_UNIQUE,		LOCAL),
	IOCTL(GET_MAGIC,		LOCAL),
	IOCTL(GET_CLIENT,		LOCAL),
	IOCTL(GET_STATS,		LOCAL),
	IOCTL(SET_VERSION,		LOCAL),
	IOCTL(AUTH_MAGIC,		LOCAL),
	IOCTL(SET_MASTER,		LOCAL),
	IOCTL(DROP_MASTER,		LOCAL),

	IOCTL(GET_CAP,			HARMLESS),
	IOCTL(SET_CLIENT_CAP,		HARMLESS),
	IOCTL(SET_CLIENT_NAME,		HARMLESS,	FIELDS(set_client_name)),

	IOCTL(GEM_CLOSE,		NOTHING,
	      FREES(struct drm_gem_close, handle)),
	IOCTL(GEM_CHANGE_HANDLE,	NOTHING,
	      RENAMES(struct drm_gem_change_handle, handle, new_handle)),
	IOCTL(PRIME_HANDLE_TO_FD,	NOTHING,	FIELDS(prime_handle_to_fd),
	      EXPORTS(struct drm_prime_handle, handle)),
	/* A buffer of the file's own that is imported was shared before */
	IOCTL(PRIME_FD_TO_HANDLE,	HARMLESS,	FIELDS(prime_fd_to_handle),
	      IMPORTS(struct drm_prime_handle, handle)),

	IOCTL(MODE_CREATE_DUMB,		HARMLESS,
	      CREATES_DUMB(struct drm_mode_create_dumb, width, height, bpp, size,
			   handle, CACHED(RESULT(struct drm_mode_create_dumb, handle) |
					  RESULT(struct drm_mode_create_dumb, pitch) |
					  RESULT(struct drm_mode_create_dumb, size)))),
	IOCTL(MODE_MAP_DUMB,		HARMLESS,
	      MMAP_OFFSET(struct drm_mode_map_dumb, handle, offset)),
	IOCTL(MODE_DESTROY_DUMB,	NOTHING,
	      FREES(struct drm_mode_destroy_dumb, handle)),

	IOCTL(SYNCOBJ_CREATE,		HARMLESS,	FIELDS(syncobj_create),
	      MAKES_OBJECTS(1)),
	IOCTL(SYNCOBJ_DESTROY,		HARMLESS | NO_REPLY, FIELDS(syncobj_destroy),
	      FREES_OBJECT),
	IOCTL(SYNCOBJ_HANDLE_TO_FD,	HARMLESS,	FIELDS(syncobj_handle_to_fd)),
	IOCTL(SYNCOBJ_FD_TO_HANDLE,	HARMLESS,	FIELDS(syncobj_fd_to_handle),
	      OBJECTS_BY_BITS(struct drm_syncobj_handle, flags, FROM_SYNC_FILE, 0, NEVER)),
	/* Waits until the source's point has been submitted, if told so */
	IOCTL(SYNCOBJ_TRANSFER,		MAY_BLOCK | HARMLESS,	FIELDS(syncobj_transfer),
	      GROWS),
	IOCTL(SYNCOBJ_WAIT,		MAY_BLOCK | HARMLESS,	FIELDS(syncobj_wait)),
	IOCTL(SYNCOBJ_TIMELINE_WAIT,	MAY_BLOCK | HARMLESS,	FIELDS(syncobj_timeline_wait)),
	IOCTL(SYNCOBJ_EVENTFD,		HARMLESS,	FIELDS(syncobj_eventfd), GROWS),
	IOCTL(SYNCOBJ_RESET,		HARMLESS | NO_REPLY, FIELDS(syncobj_reset)),
	IOCTL(SYNCOBJ_SIGNAL,		HARMLESS | NO_REPLY, FIELDS(syncobj_signal)),
	IOCTL(SYNCOBJ_TIMELINE_SIGNAL,	HARMLESS | NO_REPLY,
	      FIELDS(syncobj_timeline_signal), GROWS),
	IOCTL(SYNCOBJ_QUERY,		HARMLESS,	FIELDS(syncobj_query)),
};

static const char global_names[] =
	"a buffer's global name can be guessed by every guest and by dom0";
static const char modesetting[] =
	"modesetting is dom0's";
static const char scanout[] =
	"speaks of what is displayed, which is dom0's";
static const char legacy[] =
	"of drivers without kernel modesetting: none has it in a supported kernel";
static const char no_operation[] =
	"does nothing in any supported kernel";

static const struct pvdrm_refusal core_refused[] = {
	REFUSED(GEM_FLINK, global_names),
	REFUSED(GEM_OPEN, global_names),

	REFUSED(IRQ_BUSID, legacy),
	REFUSED(GET_MAP, legacy),
	REFUSED(MODESET_CTL, legacy),
	REFUSED(CONTROL, legacy),
	REFUSED(ADD_MAP, legacy),
	REFUSED(ADD_BUFS, legacy),
	REFUSED(MARK_BUFS, legacy),
	REFUSED(INFO_BUFS, legacy),
	REFUSED(MAP_BUFS, legacy),
	REFUSED(FREE_BUFS, legacy),
	REFUSED(RM_MAP, legacy),
	REFUSED(SET_SAREA_CTX, legacy),
	REFUSED(GET_SAREA_CTX, legacy),
	REFUSED(ADD_CTX, legacy),
	REFUSED(RM_CTX, legacy),
	REFUSED(MOD_CTX, legacy),
	REFUSED(GET_CTX, legacy),
	REFUSED(SWITCH_CTX, legacy),
	REFUSED(NEW_CTX, legacy),
	REFUSED(RES_CTX, legacy),
	REFUSED(DMA, legacy),
	REFUSED(LOCK, legacy),
	REFUSED(UNLOCK, legacy),
	REFUSED(AGP_ACQUIRE, legacy),
	REFUSED(AGP_RELEASE, legacy),
	REFUSED(AGP_ENABLE, legacy),
	REFUSED(AGP_INFO, legacy),
	REFUSED(AGP_ALLOC, legacy),
	REFUSED(AGP_FREE, legacy),
	REFUSED(AGP_BIND, legacy),
	REFUSED(AGP_UNBIND, legacy),
	REFUSED(SG_ALLOC, legacy),
	REFUSED(SG_FREE, legacy),

	REFUSED(SET_UNIQUE, no_operation),
	REFUSED(BLOCK, no_operation),
	REFUSED(UNBLOCK, no_operation),
	REFUSED(ADD_DRAW, no_operation),
	REFUSED(RM_DRAW, no_operation),
	REFUSED(UPDATE_DRAW, no_operation),
	REFUSED(FINISH, no_operation),

	REFUSED(WAIT_VBLANK, scanout),
	REFUSED(CRTC_GET_SEQUENCE, scanout),
	REFUSED(CRTC_QUEUE_SEQUENCE, scanout),

	REFUSED(MODE_GETRESOURCES, modesetting),
	REFUSED(MODE_GETCRTC, modesetting),
	REFUSED(MODE_SETCRTC, modesetting),
	REFUSED(MODE_CURSOR, modesetting),
	REFUSED(MODE_GETGAMMA, modesetting),
	REFUSED(MODE_SETGAMMA, modesetting),
	REFUSED(MODE_GETENCODER, modesetting),
	REFUSED(MODE_GETCONNECTOR, modesetting),
	REFUSED(MODE_ATTACHMODE, modesetting),
	REFUSED(MODE_DETACHMODE, modesetting),
	REFUSED(MODE_GETPROPERTY, modesetting),
	REFUSED(MODE_SETPROPERTY, modesetting),
	REFUSED(MODE_GETPROPBLOB, modesetting),
	REFUSED(MODE_GETFB, modesetting),
	REFUSED(MODE_ADDFB, modesetting),
	REFUSED(MODE_RMFB, modesetting),
	REFUSED(MODE_PAGE_FLIP, modesetting),
	REFUSED(MODE_DIRTYFB, modesetting),
	REFUSED(MODE_GETPLANERESOURCES, modesetting),
	REFUSED(MODE_GETPLANE, modesetting),
	REFUSED(MODE_SETPLANE, modesetting),
	REFUSED(MODE_ADDFB2, modesetting),
	REFUSED(MODE_OBJ_GETPROPERTIES, modesetting),
	REFUSED(MODE_OBJ_SETPROPERTY, modesetting),
	REFUSED(MODE_CURSOR2, modesetting),
	REFUSED(MODE_ATOMIC, modesetting),
	REFUSED(MODE_CREATEPROPBLOB, modesetting),
	REFUSED(MODE_DESTROYPROPBLOB, modesetting),
	REFUSED(MODE_CREATE_LEASE, modesetting),
	REFUSED(MODE_LIST_LESSEES, modesetting),
	REFUSED(MODE_GET_LEASE, modesetting),
	REFUSED(MODE_REVOKE_LEASE, modesetting),
	REFUSED(MODE_GETFB2, modesetting),
	REFUSED(MODE_CLOSEFB, modesetting),
};

const struct pvdrm_driver_table pvdrm_core_table = {
	.driver = "",
	.ioctls = core_ioctls,
	.nr = ARRAY_SIZE(core_ioctls),
	.refused = core_refused,
	.nr_refused = ARRAY_SIZE(core_refused),
};
