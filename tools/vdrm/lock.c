// SPDX-License-Identifier: GPL-2.0-only
/*
 * One lock file for each device: who holds the lock serves it, or is about to.
 *
 * The lock belongs to the open file, so attach can hand it to the process that
 * it starts, and the kernel drops it when that one dies. Asking who holds it
 * doesn't take it, hence F_OFD_GETLK and not flock().
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vdrm.h"

#define LOCK_POLL_US	20000

static void lock_path(const struct device *dev, char *path, size_t size)
{
	snprintf(path, size, VDRM_RUN_DIR "/%u-%u.pid", dev->guest, dev->devid);
}

static bool still_there(int fd, const char *path)
{
	struct stat ours, named;

	return !fstat(fd, &ours) && !stat(path, &named) && ours.st_ino == named.st_ino &&
	       ours.st_dev == named.st_dev;
}

/* 0, -EBUSY when another holds it, or another -errno */
int lock_file(const char *path, int *fd)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	if (mkdir(VDRM_RUN_DIR, 0755) && errno != EEXIST)
		return -errno;
	for (;;) {
		*fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
		if (*fd < 0)
			return -errno;
		if (fcntl(*fd, F_OFD_SETLK, &lock)) {
			int error = errno;

			close(*fd);
			*fd = -1;
			return error == EACCES || error == EAGAIN ? -EBUSY : -error;
		}
		/* The last holder may have removed the file meanwhile. */
		if (still_there(*fd, path))
			return 0;
		close(*fd);
	}
}

int lock_take(const struct device *dev, int *fd)
{
	char path[64];

	lock_path(dev, path, sizeof(path));
	return lock_file(path, fd);
}

int lock_failed(const struct device *dev, int error)
{
	if (error == -EBUSY)
		return fail(VDRM_IN_USE, "domain %u has a device %u already; vdrm list shows it",
			    dev->guest, dev->devid);
	return fail(error == -EACCES || error == -EPERM ? VDRM_NO_PERMISSION : VDRM_ERROR,
		    "cannot lock device %u of domain %u in " VDRM_RUN_DIR ": %s", dev->devid,
		    dev->guest, strerror(-error));
}

/* For people only: that the lock is held is what counts. */
void lock_write_pid(int fd)
{
	if (ftruncate(fd, 0) || dprintf(fd, "%d\n", getpid()) < 0)
		note("cannot write the process id: %s", strerror(errno));
}

void lock_drop(const struct device *dev, int fd)
{
	char path[64];

	if (fd < 0)
		return;
	lock_path(dev, path, sizeof(path));
	unlink(path);
	close(fd);
}

/* @holder, if wanted: 0 while it is not known yet */
bool lock_file_held(const char *path, pid_t *holder)
{
	struct flock lock = { .l_type = F_RDLCK, .l_whence = SEEK_SET };
	char text[16] = "";
	ssize_t length;
	bool held;
	int fd;

	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	/* Asking for a read lock is enough to meet the holder's. */
	held = !fcntl(fd, F_OFD_GETLK, &lock) && lock.l_type != F_UNLCK;
	length = held && holder ? pread(fd, text, sizeof(text) - 1, 0) : 0;
	if (holder)
		*holder = length > 0 ? atoi(text) : 0;
	close(fd);
	return held;
}

bool lock_held(const struct device *dev, pid_t *holder)
{
	char path[64];

	lock_path(dev, path, sizeof(path));
	return lock_file_held(path, holder);
}

/* Takes the lock as soon as its holder is gone; -EBUSY at @deadline. */
int lock_wait(const struct device *dev, long deadline, int *fd)
{
	int ret;

	while ((ret = lock_take(dev, fd)) == -EBUSY && now_ms() < deadline)
		usleep(LOCK_POLL_US);
	return ret;
}
