// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the serving process may do: drivers ask that when they run a guest's call.
 * A guest's contexts must not get priorities, performance counters or memory
 * figures that dom0 keeps for root.
 */
#include <errno.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "vdrm.h"

/*
 * Drops all capabilities, for good; threads started later have none either. On a
 * card node DRM core takes only root for authenticated, so CAP_SYS_ADMIN stays
 * there: a render node is the better choice.
 */
int rights_drop(const char *node)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = { { 0 } };

	if (!node_is_render(node))
		data[0].effective = data[0].permitted = CAP_TO_MASK(CAP_SYS_ADMIN);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || syscall(SYS_capset, &header, data))
		return fail(VDRM_ERROR, "cannot drop capabilities: %s", strerror(errno));
	return 0;
}
