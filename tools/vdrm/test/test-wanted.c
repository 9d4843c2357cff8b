// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the daemon does about one attachment. Processes, locks, DRM nodes and the
 * time are the test's own.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>
#undef fail		/* vdrm has one of its own */

#include "test/fake-xs.h"
#include "wanted.h"

#define GUEST	5
#define BACK	"/local/domain/0/backend/vdrm/5/0"
#define FRONT	"/local/domain/5/device/vdrm/0"
#define OK	0
#define FAILED	(VDRM_ERROR << 8)

static long now;		/* milliseconds */
static int forks;
static bool served;
static char node[40];		/* where the device is; empty: gone */

/* Called instead of the real ones */
pid_t __wrap_fork(void)
{
	return 100 + forks++;
}

bool __wrap_lock_held(const struct device *dev, pid_t *holder)
{
	(void)dev;
	(void)holder;
	return served;
}

int __wrap_node_resolve(const char *path, enum node_kind kind, char *to, size_t size)
{
	(void)kind;
	if (!*node)
		return fail(VDRM_NO_NODE, "%s: gone", path);
	snprintf(to, size, "%s", node);
	return 0;
}

long __wrap_now_ms(void)
{
	return now;
}

static const struct attachment what = {
	.file = "a.conf", .guest = "work", .device = "0000:03:00.0",
	.options = { .devid = -1 },
};

static struct wanted w;
static unsigned int ids[] = { 0, 3, GUEST };
static struct domains domains = { .id = ids };

/* Makes a new node, as when a driver is bound. */
static void plug(void)
{
	static char last[40];
	int fd;

	strcpy(node, "/tmp/test-wanted.XXXXXX");
	fd = mkstemp(node);
	assert_true(fd >= 0);
	close(fd);
	/* Only now, so that the new inode is another one */
	if (*last)
		unlink(last);
	strcpy(last, node);
}

static void unplug(void)
{
	node[0] = '\0';
}

static void guest_starts(void)
{
	fake_set("/local/domain/5/name", "work");
	domains.count = ARRAY_SIZE(ids);
}

static int set_up(void **state)
{
	(void)state;
	fake_clear();
	fake_set("/local/domain/0/name", "Domain-0");
	fake_set("/local/domain/3/name", "other");
	domains.count = 2;
	now = 1000;
	forks = 0;
	served = false;
	plug();
	wanted_init(&w, &what, domains.self);
	return 0;
}

static long look(void)
{
	return wanted_look(&w, &domains);
}

/* What `vdrm attach` does */
static void attach_succeeds(void)
{
	fake_set(BACK "/device-path", node);
	fake_set(BACK "/online", "1");
	fake_set(BACK "/state", "4");
	fake_set(FRONT "/backend", BACK);
	served = true;
	wanted_attach_ended(&w, OK);
}

static void device_goes(void)
{
	xs_rm(NULL, XBT_NULL, BACK);
	xs_rm(NULL, XBT_NULL, FRONT);
	served = false;
}

static void attached(void)
{
	guest_starts();
	assert_int_equal(look(), LOOK_NEVER);
	attach_succeeds();
	assert_int_equal(look(), LOOK_NEVER);
	assert_int_equal(forks, 1);
}

static void waits_for_its_guest(void **state)
{
	(void)state;
	assert_int_equal(look(), LOOK_NEVER);
	assert_int_equal(forks, 0);
	attached();
	/* While it is there, nothing is to be done. */
	assert_int_equal(look(), LOOK_NEVER);
	assert_int_equal(forks, 1);
}

static void one_attach_at_a_time(void **state)
{
	(void)state;
	guest_starts();
	look();
	assert_int_equal(look(), LOOK_NEVER);
	assert_int_equal(forks, 1);
}

static void by_uuid(void **state)
{
	static const struct attachment other = {
		.file = "a.conf", .guest = "5C47AB9E-0001-4D0F-9C8E-7D2B6B1F0A01",
		.device = "0000:03:00.0", .options = { .devid = -1 },
	};

	(void)state;
	wanted_init(&w, &other, domains.self);
	guest_starts();
	assert_int_equal(look(), LOOK_NEVER);
	assert_int_equal(forks, 0);
	fake_set("/local/domain/5/vm", "/vm/5c47ab9e-0001-4d0f-9c8e-7d2b6b1f0a01");
	look();
	assert_int_equal(forks, 1);
}

static void adopts_what_is_there(void **state)
{
	(void)state;
	guest_starts();
	attach_succeeds();
	assert_int_equal(look(), LOOK_NEVER);
	assert_int_equal(forks, 0);
}

static void detached_by_hand(void **state)
{
	(void)state;
	attached();
	device_goes();
	now += MAX_RETRY_MS;
	assert_int_equal(look(), LOOK_NEVER);
	assert_int_equal(forks, 1);
	/* Until the guest starts again */
	xs_rm(NULL, XBT_NULL, "/local/domain/5");
	domains.count = 2;
	look();
	guest_starts();
	look();
	assert_int_equal(forks, 2);
}

static void server_dies(void **state)
{
	(void)state;
	attached();
	served = false;
	/* Not at once */
	assert_int_equal(look(), RETRY_MS);
	now += RETRY_MS;
	assert_int_equal(look(), LOOK_NEVER);
	assert_int_equal(forks, 2);
	attach_succeeds();
	look();
	/* Each time later */
	served = false;
	assert_int_equal(look(), 2 * RETRY_MS);
	/* But not if it has worked for long */
	served = true;
	now += 2 * MAX_RETRY_MS;
	look();
	served = false;
	look();
	attach_succeeds();
	served = false;
	assert_int_equal(look(), RETRY_MS);
}

static void failures_become_rare(void **state)
{
	int i;

	(void)state;
	guest_starts();
	for (i = 0; i < 12; i++) {
		assert_int_equal(look(), LOOK_NEVER);
		assert_int_equal(forks, i + 1);
		wanted_attach_ended(&w, FAILED);
		now += look();
	}
	assert_int_equal(w.delay, MAX_RETRY_MS);
}

static void server_gives_up_the_lock_late(void **state)
{
	(void)state;
	attached();
	xs_rm(NULL, XBT_NULL, BACK);
	xs_rm(NULL, XBT_NULL, FRONT);
	assert_int_equal(look(), SETTLE_MS);
	assert_int_equal(forks, 1);
}

static void hot_plug(void **state)
{
	(void)state;
	attached();
	unplug();
	assert_int_equal(look(), LOOK_NEVER);
	assert_true(w.missing);
	plug();
	now += MAX_RETRY_MS;
	assert_int_equal(look(), LOOK_NEVER);
	/* First the old one goes */
	assert_string_equal(fake_get(BACK "/online"), "0");
	assert_int_equal(look(), LOOK_NEVER);
	assert_int_equal(forks, 1);
	device_goes();
	assert_int_equal(look(), LOOK_NEVER);
	assert_int_equal(forks, 2);
	attach_succeeds();
	assert_int_equal(look(), LOOK_NEVER);
	assert_string_equal(fake_get(BACK "/online"), "1");
	assert_int_equal(forks, 2);
}

/* The GPU is in another domain, which has the node, the lock and the process. */
static void elsewhere(void **state)
{
#define THERE	"/local/domain/3/backend/vdrm/5/0"
	static const struct attachment remote = {
		.file = "a.conf", .guest = "work", .device = "0000:03:00.0",
		.options = { .devid = -1, .backend = "other" },
	};

	(void)state;
	unplug();
	wanted_init(&w, &remote, domains.self);
	guest_starts();
	/* Not before both domains run */
	domains.id = (unsigned int[]){ 0, 7, GUEST };
	assert_int_equal(look(), LOOK_NEVER);
	assert_int_equal(forks, 0);
	domains.id = ids;
	assert_int_equal(look(), LOOK_NEVER);
	assert_int_equal(forks, 1);
	fake_set(THERE "/device", "0000:03:00.0");
	fake_set(THERE "/online", "1");
	fake_set(THERE "/state", "4");
	wanted_attach_ended(&w, OK);
	assert_int_equal(look(), LOOK_NEVER);
	assert_int_equal(forks, 1);
	/* Its process dies. */
	fake_set(THERE "/state", "6");
	assert_int_equal(look(), RETRY_MS);
	now += RETRY_MS;
	assert_int_equal(look(), LOOK_NEVER);
	assert_int_equal(forks, 2);
	fake_set(THERE "/state", "4");
	wanted_attach_ended(&w, OK);
	look();
	/* Detached by hand */
	xs_rm(NULL, XBT_NULL, THERE);
	now += MAX_RETRY_MS;
	assert_int_equal(look(), LOOK_NEVER);
	assert_int_equal(forks, 2);
	/* The other domain starts anew. */
	xs_rm(NULL, XBT_NULL, "/local/domain/3");
	assert_int_equal(look(), LOOK_NEVER);
	fake_set("/local/domain/7/name", "other");
	domains.id = (unsigned int[]){ 0, 7, GUEST };
	assert_int_equal(look(), LOOK_NEVER);
	assert_int_equal(forks, 3);
	domains.id = ids;
	plug();
#undef THERE
}

static int remove_node(void **state)
{
	(void)state;
	return unlink(node);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(waits_for_its_guest, set_up),
		cmocka_unit_test_setup(one_attach_at_a_time, set_up),
		cmocka_unit_test_setup(by_uuid, set_up),
		cmocka_unit_test_setup(adopts_what_is_there, set_up),
		cmocka_unit_test_setup(detached_by_hand, set_up),
		cmocka_unit_test_setup(server_dies, set_up),
		cmocka_unit_test_setup(failures_become_rare, set_up),
		cmocka_unit_test_setup(server_gives_up_the_lock_late, set_up),
		cmocka_unit_test_setup(hot_plug, set_up),
		cmocka_unit_test_setup(elsewhere, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, remove_node);
}
