// SPDX-License-Identifier: GPL-2.0-only
/*
 * chardev.c: /dev/pvdrm-back, of which one open file is one serving process
 *
 * See include/pvdrm_back.h for the interface.
 */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/uaccess.h>

#include "back/serve/serve.h"
#include "back/serve/server.h"
#include "pvdrm_back.h"

/* Takes the next event, if there is one. */
static bool next_event(struct pvdrm_server *server, u32 *type)
{
	*type = 0;
	spin_lock_irq(&server->lock);
	if (server->closed) {
		*type = PVDRM_BACK_EVENT_CLOSED;
	} else if (server->spawn_asked) {
		server->spawn_asked = false;
		server->spawn_until = jiffies + HZ;
		*type = PVDRM_BACK_EVENT_SPAWN;
	}
	spin_unlock_irq(&server->lock);
	if (!*type && pvdrm_stock_ask(&server->stock))
		*type = PVDRM_BACK_EVENT_EVENTFD;
	return *type;
}

static bool event_is_due(struct pvdrm_server *server)
{
	return READ_ONCE(server->closed) || READ_ONCE(server->spawn_asked) ||
	       READ_ONCE(server->stock.wanted);
}

static long chardev_next(struct file *file, struct pvdrm_server *server,
			 void __user *arg)
{
	struct pvdrm_back_event event = {};

	while (!next_event(server, &event.type)) {
		if (file->f_flags & O_NONBLOCK)
			return -EAGAIN;
		if (wait_event_interruptible(server->event_wait,
					     event_is_due(server)))
			return -EINTR;
	}
	return copy_to_user(arg, &event, sizeof(event)) ? -EFAULT : 0;
}

static long chardev_bind(struct pvdrm_server *server, void __user *arg)
{
	struct pvdrm_back_bind bind;
	int ret;

	if (copy_from_user(&bind, arg, sizeof(bind)))
		return -EFAULT;
	memset(bind.driver, 0, sizeof(bind.driver));
	ret = pvdrm_server_bind(server, &bind);
	if (ret && ret != -EOPNOTSUPP)
		return ret;
	if (copy_to_user(arg, &bind, sizeof(bind)) && !ret)
		ret = -EFAULT;
	return ret;
}

static long chardev_ioctl(struct file *file, unsigned int cmd,
			  unsigned long arg)
{
	struct pvdrm_server *server = file->private_data;

	switch (cmd) {
	case PVDRM_BACK_BIND:
		return chardev_bind(server, (void __user *)arg);
	case PVDRM_BACK_SERVE:
		return pvdrm_serve(server);
	case PVDRM_BACK_NEXT:
		return chardev_next(file, server, (void __user *)arg);
	case PVDRM_BACK_EVENTFD:
		return pvdrm_stock_put(&server->stock, arg);
	default:
		return -ENOTTY;
	}
}

static __poll_t chardev_poll(struct file *file, poll_table *wait)
{
	struct pvdrm_server *server = file->private_data;

	poll_wait(file, &server->event_wait, wait);
	return event_is_due(server) ? EPOLLIN | EPOLLRDNORM : 0;
}

static int chardev_open(struct inode *inode, struct file *file)
{
	file->private_data = pvdrm_server_create();
	if (!file->private_data)
		return -ENOMEM;
	return nonseekable_open(inode, file);
}

static int chardev_release(struct inode *inode, struct file *file)
{
	pvdrm_server_destroy(file->private_data);
	return 0;
}

static const struct file_operations chardev_fops = {
	.owner = THIS_MODULE,
	.open = chardev_open,
	.release = chardev_release,
	.poll = chardev_poll,
	.unlocked_ioctl = chardev_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};

static struct miscdevice chardev = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "pvdrm-back",
	.mode = 0600,
	.fops = &chardev_fops,
};

int pvdrm_chardev_init(void)
{
	return misc_register(&chardev);
}

void pvdrm_chardev_exit(void)
{
	misc_deregister(&chardev);
}
