// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stddef.h>
#include <cmocka.h>
#undef fail		/* vdrm has one of its own */

#include "test/fake-xs.h"
#include "vdrm.h"

static int set_up(void **state)
{
	unsigned int self;

	fake_clear();
	fake_set("domid", "0");
	fake_set("/local/domain/0/name", "Domain-0");
	fake_set("/local/domain/3/name", "guest1");
	fake_set("/local/domain/12/name", "7");
	fake_set("/local/domain/13/vm", "/vm/no-name");
	return store_open((struct xs_handle **)state, &self);
}

static void by_number_and_name(void **state)
{
	unsigned int id;

	assert_int_equal(domain_find(*state, "3", &id), 0);
	assert_int_equal(id, 3);
	assert_int_equal(domain_find(*state, "guest1", &id), 0);
	assert_int_equal(id, 3);
	assert_int_equal(domain_find(*state, "13", &id), 0);
	assert_int_equal(id, 13);
}

static void no_such_domain(void **state)
{
	static const char * const texts[] = {
		"", "4", "7", "guest", "guest11", "-1", "32768", "99999999999",
	};
	unsigned int id;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(texts); i++)
		assert_int_equal(domain_find(*state, texts[i], &id), VDRM_NO_DOMAIN);
}

static void made_and_removed(void **state)
{
	const struct options o = {
		.sequential = 1,
		.limit = { [LIMIT_FILES] = 7, [LIMIT_MAPPED_BYTES] = 1ull << 40 },
	};
	struct device dev;
	int before = fake_count();

	device_init(&dev, 0, 3, 1);
	assert_false(device_exists(*state, &dev));
	assert_int_equal(device_create(*state, &dev, "/dev/dri/renderD128", &o), 0);
	assert_string_equal(fake_get("/local/domain/0/backend/vdrm/3/1"), "n0,r3");
	assert_string_equal(fake_get("/local/domain/3/device/vdrm/1"), "n3,r0");
	assert_string_equal(fake_get("/local/domain/0/backend/vdrm/3/1/frontend"),
			    "/local/domain/3/device/vdrm/1");
	assert_string_equal(fake_get("/local/domain/3/device/vdrm/1/backend"),
			    "/local/domain/0/backend/vdrm/3/1");
	assert_string_equal(fake_get("/local/domain/0/backend/vdrm/3/1/sequential"), "1");
	assert_string_equal(fake_get("/local/domain/0/backend/vdrm/3/1/max-files"), "7");
	assert_string_equal(fake_get("/local/domain/0/backend/vdrm/3/1/max-mapped-bytes"),
			    "1099511627776");
	/* As the backend's parameter says */
	assert_null(fake_get("/local/domain/0/backend/vdrm/3/1/max-inflight"));
	assert_null(fake_get("/local/domain/0/backend/vdrm/3/1/max-buffer-bytes"));
	assert_int_equal(device_state(*state, dev.back), STATE_INITIALISING);
	assert_false(device_guest_uses(*state, &dev));
	device_begin_close(*state, &dev);
	assert_int_equal(device_state(*state, dev.back), STATE_CLOSING);
	assert_string_equal(fake_get("/local/domain/0/backend/vdrm/3/1/online"), "0");
	assert_int_equal(device_remove(*state, &dev), 0);
	assert_false(device_exists(*state, &dev));
	/* Only the empty directories "backend" and "device" are left. */
	assert_int_equal(fake_count(), before + 2);
	assert_int_equal(device_remove(*state, &dev), 0);
}

/* A guest may write anything into its own directory. */
static void wild_states(void **state)
{
	static const char * const texts[] = { "", "9", "-1", "4x", "99999999999", "\n" };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		fake_set("/local/domain/3/device/vdrm/0/state", texts[i]);
		assert_int_equal(device_state(*state, "/local/domain/3/device/vdrm/0"),
				 STATE_UNKNOWN);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(by_number_and_name, set_up),
		cmocka_unit_test_setup(no_such_domain, set_up),
		cmocka_unit_test_setup(made_and_removed, set_up),
		cmocka_unit_test_setup(wild_states, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
