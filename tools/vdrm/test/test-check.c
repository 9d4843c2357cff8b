// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stddef.h>
#include <sys/utsname.h>
#include <cmocka.h>
#undef fail		/* vdrm has one of its own */

#include "test/capture.h"
#include "test/fake-xs.h"
#include "test/tree.h"

#define BACK	"/local/domain/0/backend/vdrm/5/0"
#define FRONT	"/local/domain/5/device/vdrm/0"

static bool served;

/* Called instead of the real one */
bool __wrap_lock_held(const struct device *dev, pid_t *holder)
{
	(void)dev;
	(void)holder;
	return served;
}

static void put_kernel(const char *options)
{
	char path[SYS_PATH];
	struct utsname name;

	uname(&name);
	snprintf(path, sizeof(path), "/boot/config-%s", name.release);
	tree_put(path, options);
}

static int set_up(void **state)
{
	(void)state;
	fake_clear();
	tree_begin();
	served = true;
	tree_put("/sys/hypervisor/type", "xen\n");
	tree_put("/sys/hypervisor/version/major", "4\n");
	tree_put("/sys/hypervisor/version/minor", "20\n");
	put_kernel("CONFIG_XEN=y\nCONFIG_XEN_XENBUS_FRONTEND=y\nCONFIG_XEN_BACKEND=y\n"
		   "CONFIG_DRM=m\nCONFIG_MMU_NOTIFIER=y\n");
	return 0;
}

static int clean_up(void **state)
{
	(void)state;
	tree_end();
	return 0;
}

static int status;

static char *check(void)
{
	char verb[] = "check", *argv[] = { verb };
	struct capture said = capture_begin(stdout);

	status = verb_check(1, argv);
	return capture_end(&said);
}

/* Exactly one line begins with @begin. */
static void has(const char *text, const char *begin)
{
	const char *found = strstr(text, begin);

	if (!found)
		print_message("no line '%s' in:\n%s", begin, text);
	assert_non_null(found);
	assert_true(found == text || found[-1] == '\n');
	assert_null(strstr(found + 1, begin));
}

static void guest(void)
{
	fake_set("domid", "5");
	tree_put("/sys/module/pvdrm_front/initstate", "live\n");
	tree_put("/sys/bus/xen/devices/vbd-51712/state", "Connected\n");
}

static void good_guest(void **state)
{
	char *text;

	(void)state;
	guest();
	tree_put("/sys/bus/xen/devices/vdrm-0/state", "Connected\n");
	text = check();
	assert_null(strstr(text, "MISSING"));
	assert_int_equal(status, VDRM_OK);
	has(text, "ok       Xen 4.20\n");
	has(text, "ok       pvdrm-front\n");
	has(text, "ok       device 0\n");
}

static void guest_without_device(void **state)
{
	(void)state;
	guest();
	has(check(), "MISSING  no device is attached");
	assert_int_equal(status, VDRM_ERROR);
	tree_put("/sys/bus/xen/devices/vdrm-0/state", "Initialising\n");
	has(check(), "MISSING  device 0 is Initialising, not connected");
	tree_put("/sys/bus/xen/devices/vdrm-0/state", "");
	has(check(), "MISSING  device 0 is in an unknown state");
}

static void guest_without_module(void **state)
{
	(void)state;
	fake_set("domid", "5");
	has(check(), "MISSING  pvdrm-front is not loaded");
	assert_int_equal(status, VDRM_ERROR);
}

static void kernel_options(void **state)
{
	char *text;

	(void)state;
	guest();
	put_kernel("CONFIG_XEN=y\n# CONFIG_DRM is not set\nCONFIG_XEN_XENBUS_FRONTEND_MORE=y\n");
	text = check();
	has(text, "MISSING  CONFIG_DRM: ");
	has(text, "MISSING  CONFIG_XEN_XENBUS_FRONTEND: ");
	assert_null(strstr(text, "CONFIG_XEN:"));
}

static void no_xen(void **state)
{
	char *text;

	(void)state;
	tree_put("/sys/hypervisor/type", "other\n");
	text = check();
	has(text, "MISSING  this system does not run on Xen");
	assert_int_equal(status, VDRM_ERROR);
}

static void host_devices(void **state)
{
	(void)state;
	tree_put("/dev/pvdrm-back", "");
	fake_set("/local/domain/5/name", "work");
	fake_set(BACK "/state", "2");
	fake_set(FRONT "/state", "1");
	has(check(), "MISSING  device 0 of domain 5 (work) waits for the guest");
	fake_set(BACK "/state", "4");
	fake_set(FRONT "/state", "4");
	has(check(), "ok       device 0 of domain 5 (work) is connected\n");
	fake_set(BACK "/state", "6");
	fake_set(BACK "/error", "too slow");
	has(check(), "MISSING  device 0 of domain 5 (work) was closed (too slow): vdrm detach 5 0");
	served = false;
	has(check(), "MISSING  device 0 of domain 5 (work) is not served: vdrm detach 5 0");
}

static void host_lacks(void **state)
{
	char *text;

	(void)state;
	tree_put("/sys/hypervisor/version/minor", "22\n");
	tree_put("/dev/dri/renderD128", "no device");
	text = check();
	assert_int_equal(status, VDRM_ERROR);
	has(text, "note     guests cannot map VRAM");
	has(text, "MISSING  pvdrm-back is not loaded");
	has(text, "MISSING  no GPU that can be shared");
	has(text, "note     gnttab_max_frames is not known");
	assert_non_null(strstr(text, "/dev/dri/renderD128 cannot be used: Inappropriate ioctl"));
	assert_null(strstr(text, "CONFIG_"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(good_guest, set_up, clean_up),
		cmocka_unit_test_setup_teardown(guest_without_device, set_up, clean_up),
		cmocka_unit_test_setup_teardown(guest_without_module, set_up, clean_up),
		cmocka_unit_test_setup_teardown(kernel_options, set_up, clean_up),
		cmocka_unit_test_setup_teardown(no_xen, set_up, clean_up),
		cmocka_unit_test_setup_teardown(host_devices, set_up, clean_up),
		cmocka_unit_test_setup_teardown(host_lacks, set_up, clean_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
