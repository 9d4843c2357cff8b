// SPDX-License-Identifier: GPL-2.0-only
/*
 * mocks_core.c: stand-ins for drm_syncobj.c and the rest of DRM core
 */
#include "mocks.h"

PLAIN(GET_CAP, struct drm_get_cap);
PLAIN(SET_CLIENT_CAP, struct drm_set_client_cap);
PLAIN(GEM_CLOSE, struct drm_gem_close);
PLAIN(GEM_CHANGE_HANDLE, struct drm_gem_change_handle);
PLAIN(MODE_CREATE_DUMB, struct drm_mode_create_dumb);
PLAIN(MODE_MAP_DUMB, struct drm_mode_map_dumb);
PLAIN(MODE_DESTROY_DUMB, struct drm_mode_destroy_dumb);
PLAIN(SYNCOBJ_CREATE, struct drm_syncobj_create);
PLAIN(SYNCOBJ_DESTROY, struct drm_syncobj_destroy);
PLAIN(SYNCOBJ_TRANSFER, struct drm_syncobj_transfer);

static long mock_set_client_name(struct space *s, void *data)
{
	struct drm_set_client_name *arg = data;
	u32 sum = 0;

	if (arg->name_len > DRM_CLIENT_NAME_MAX_LEN)
		return -EINVAL;
	return mock_read(s, arg->name, arg->name_len, &sum);
}

static void make_set_client_name(void *data)
{
	struct drm_set_client_name *arg = data;

	arg->name_len = test_random() % (DRM_CLIENT_NAME_MAX_LEN + 8);
	arg->name = make_pointee(arg->name_len);
}

/* The deadline counts only with its flag */
static u32 deadline(struct space *s, u32 flags, u64 when)
{
	if (flags & DRM_SYNCOBJ_WAIT_FLAGS_WAIT_DEADLINE)
		return kinds_until(s, when);
	return 0;
}

static long mock_syncobj_wait(struct space *s, void *data)
{
	struct drm_syncobj_wait *arg = data;
	u32 sum = 0;

	if (!arg->count_handles)
		return 0;
	if (mock_read(s, arg->handles, 4ul * arg->count_handles, &sum))
		return -EFAULT;
	arg->first_signaled = sum + kinds_until(s, arg->timeout_nsec) +
			      deadline(s, arg->flags, arg->deadline_nsec);
	return sum % 5 ? 0 : -ETIME;
}

static void make_syncobj_wait(void *data)
{
	struct drm_syncobj_wait *arg = data;

	arg->count_handles = test_random() % 20;
	arg->handles = make_pointee(4 * arg->count_handles);
	arg->timeout_nsec = make_time();
	arg->deadline_nsec = make_time();
	arg->flags = test_random();
}

static long mock_syncobj_timeline_wait(struct space *s, void *data)
{
	struct drm_syncobj_timeline_wait *arg = data;
	u32 sum = 0;

	if (!arg->count_handles)
		return 0;
	if (mock_read(s, arg->handles, 4ul * arg->count_handles, &sum))
		return -EFAULT;
	if (arg->points &&
	    mock_read(s, arg->points, 8ul * arg->count_handles, &sum))
		return -EFAULT;
	arg->first_signaled = sum + kinds_until(s, arg->timeout_nsec) +
			      deadline(s, arg->flags, arg->deadline_nsec);
	return sum % 5 ? 0 : -ETIME;
}

static void make_syncobj_timeline_wait(void *data)
{
	struct drm_syncobj_timeline_wait *arg = data;

	arg->count_handles = test_random() % 20;
	arg->handles = make_pointee(4 * arg->count_handles);
	arg->points = make_pointee(8 * arg->count_handles);
	arg->timeout_nsec = make_time();
	arg->deadline_nsec = make_time();
	arg->flags = test_random();
}

static long mock_syncobj_array(struct space *s, void *data)
{
	struct drm_syncobj_array *arg = data;
	u32 sum = 0;

	if (arg->pad || !arg->count_handles)
		return -EINVAL;
	if (mock_read(s, arg->handles, 4ul * arg->count_handles, &sum))
		return -EFAULT;
	return sum % 5 ? 0 : -ENOENT;
}

static void make_syncobj_array(void *data)
{
	struct drm_syncobj_array *arg = data;

	arg->count_handles = test_random() % 20;
	arg->handles = make_pointee(4 * arg->count_handles);
	arg->pad = test_random() % 8 == 0;
}

static long mock_syncobj_timeline_signal(struct space *s, void *data)
{
	struct drm_syncobj_timeline_array *arg = data;
	u32 sum = 0;

	if (arg->flags || !arg->count_handles)
		return -EINVAL;
	if (mock_read(s, arg->handles, 4ul * arg->count_handles, &sum))
		return -EFAULT;
	if (arg->points &&
	    mock_read(s, arg->points, 8ul * arg->count_handles, &sum))
		return -EFAULT;
	return sum % 5 ? 0 : -ENOENT;
}

static long mock_syncobj_query(struct space *s, void *data)
{
	struct drm_syncobj_timeline_array *arg = data;
	u32 sum = arg->flags;
	u32 i;

	if (arg->flags & ~DRM_SYNCOBJ_QUERY_FLAGS_LAST_SUBMITTED)
		return -EINVAL;
	if (!arg->count_handles)
		return -EINVAL;
	if (mock_read(s, arg->handles, 4ul * arg->count_handles, &sum))
		return -EFAULT;
	if (sum % 5 == 0)
		return -ENOENT;
	for (i = 0; i < arg->count_handles; i++) {
		u64 point = (u64)sum << 16 | i;

		if (space_write(s, arg->points + 8 * i, &point, sizeof(point)))
			return -EFAULT;
	}
	return 0;
}

static void make_syncobj_timeline_array(void *data)
{
	struct drm_syncobj_timeline_array *arg = data;

	arg->count_handles = test_random() % 20;
	arg->handles = make_pointee(4 * arg->count_handles);
	arg->points = make_pointee(8 * arg->count_handles);
	/* Found out late, and then with other words, but found out */
	if (arg->points == BAD_ADDRESS)
		arg->points = 0;
	arg->flags = test_random() % 4 == 0;
}

const struct mock core_mocks[] = {
	PLAIN_MOCK(GET_CAP),
	PLAIN_MOCK(SET_CLIENT_CAP),
	PLAIN_MOCK(GEM_CLOSE),
	PLAIN_MOCK(GEM_CHANGE_HANDLE),
	PLAIN_MOCK(MODE_CREATE_DUMB),
	PLAIN_MOCK(MODE_MAP_DUMB),
	PLAIN_MOCK(MODE_DESTROY_DUMB),
	PLAIN_MOCK(SYNCOBJ_CREATE),
	PLAIN_MOCK(SYNCOBJ_DESTROY),
	PLAIN_MOCK(SYNCOBJ_TRANSFER),
	MOCK(SET_CLIENT_NAME, mock_set_client_name, make_set_client_name),
	MOCK(SYNCOBJ_WAIT, mock_syncobj_wait, make_syncobj_wait),
	MOCK(SYNCOBJ_TIMELINE_WAIT, mock_syncobj_timeline_wait,
	     make_syncobj_timeline_wait),
	MOCK(SYNCOBJ_RESET, mock_syncobj_array, make_syncobj_array),
	MOCK(SYNCOBJ_SIGNAL, mock_syncobj_array, make_syncobj_array),
	MOCK(SYNCOBJ_TIMELINE_SIGNAL, mock_syncobj_timeline_signal,
	     make_syncobj_timeline_array),
	MOCK(SYNCOBJ_QUERY, mock_syncobj_query, make_syncobj_timeline_array),
};

const size_t nr_core_mocks = ARRAY_SIZE(core_mocks);
