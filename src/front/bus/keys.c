// SPDX-License-Identifier: GPL-2.0-only
/*
 * keys.c: keys in xenstore: read the backend's, tell it where a connection's memory is
 */
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <xen/xenbus.h>

#include "front/bus/keys.h"
#include "front/bus/text.h"
#include "front/front.h"

/* -------------------------------------------------------- the backend's keys */

/**
 * pvdrm_front_read_key() - read a key of the backend's
 * @dev: the device
 * @key: the key
 * @to: for the value, empty if there is none
 * @size: bytes of @to; what does not fit is cut off
 */
void pvdrm_front_read_key(struct xenbus_device *dev, const char *key, char *to,
			  size_t size)
{
	char *value = xenbus_read(XBT_NIL, dev->otherend, key, NULL);

	*to = '\0';
	if (IS_ERR(value))
		return;
	strscpy(to, value, size);
	kfree(value);
}

/* One that could be taken for lines of the log is left out. */
static void read_text(struct xenbus_device *dev, const char *key, char *to,
		      size_t size)
{
	pvdrm_front_read_key(dev, key, to, size);
	if (pvdrm_is_printable(to))
		return;
	dev_warn(&dev->dev, "bad %s \"%*pE\"\n", key, (int)strlen(to), to);
	*to = '\0';
}

/**
 * pvdrm_front_read_identity() - learn what the host's driver is
 * @dev: the device
 * @id: result
 *
 * Return: 0, or an error that has been reported in xenstore.
 */
int pvdrm_front_read_identity(struct xenbus_device *dev,
			      struct pvdrm_identity *id)
{
	char version[32];

	pvdrm_front_read_key(dev, XENDRM_KEY_DRIVER, id->name, sizeof(id->name));
	if (!pvdrm_is_name(id->name)) {
		xenbus_dev_fatal(dev, -EINVAL, "reading %s",
				 XENDRM_KEY_DRIVER);
		return -EINVAL;
	}
	read_text(dev, XENDRM_KEY_DRIVER_DESC, id->desc, sizeof(id->desc));
	read_text(dev, XENDRM_KEY_DRIVER_DATE, id->date, sizeof(id->date));
	pvdrm_front_read_key(dev, XENDRM_KEY_DRIVER_VERSION, version, sizeof(version));
	if (sscanf(version, "%d.%d.%d", &id->major, &id->minor,
		   &id->patch) != 3) {
		xenbus_dev_fatal(dev, -EINVAL, "reading %s: \"%*pE\"",
				 XENDRM_KEY_DRIVER_VERSION,
				 (int)strlen(version), version);
		return -EINVAL;
	}
	return 0;
}

/**
 * pvdrm_front_check_versions() - whether the backend speaks our protocol
 * @dev: the device
 *
 * Return: 0, or an error that has been reported in xenstore.
 */
int pvdrm_front_check_versions(struct xenbus_device *dev)
{
	char list[64], *rest = list, *word;
	unsigned int version;

	pvdrm_front_read_key(dev, XENDRM_KEY_VERSIONS, list, sizeof(list));
	while ((word = strsep(&rest, ","))) {
		if (!kstrtouint(strim(word), 10, &version) &&
		    version == XENDRM_PROTOCOL_VERSION)
			return 0;
	}
	xenbus_dev_fatal(dev, -EPROTO,
			 "reading %s: version %u is not among them",
			 XENDRM_KEY_VERSIONS, XENDRM_PROTOCOL_VERSION);
	return -EPROTO;
}

/* ------------------------------------------------------------------ our keys */

static int write_refs(struct xenbus_transaction xbt, struct xenbus_device *dev,
		      const char *format, const grant_ref_t *refs, u32 nr)
{
	char key[16];
	int err = 0;
	u32 i;

	for (i = 0; i < nr && !err; i++) {
		snprintf(key, sizeof(key), format, i);
		err = xenbus_printf(xbt, dev->nodename, key, "%u", refs[i]);
	}
	return err;
}

static int write_device_keys(struct xenbus_transaction xbt,
			     struct xenbus_device *dev,
			     const struct pvdrm_vram_window *window)
{
	const char *dir = dev->nodename;
	int err;

	switch (window->mode) {
	case PVDRM_VRAM_WINDOW:
		err = xenbus_write(xbt, dir, XENDRM_KEY_DEVICE_PAGES,
				   XENDRM_DEVICE_PAGES_WINDOW);
		err = err ?: xenbus_printf(xbt, dir, XENDRM_KEY_WINDOW_FRAME,
					   "%llu", window->frame);
		err = err ?: xenbus_printf(xbt, dir, XENDRM_KEY_WINDOW_PAGES,
					   "%u", window->pages);
		return err ?: xenbus_printf(xbt, dir,
					    XENDRM_KEY_WINDOW_UNCACHED, "%u",
					    window->uncached);
	case PVDRM_VRAM_PTES:
		return xenbus_write(xbt, dir, XENDRM_KEY_DEVICE_PAGES,
				    XENDRM_DEVICE_PAGES_ENTRIES);
	default:
		/* Left by an earlier connection */
		err = xenbus_rm(xbt, dir, XENDRM_KEY_DEVICE_PAGES);
		return err == -ENOENT ? 0 : err;
	}
}

static int write_keys(struct xenbus_transaction xbt, struct pvdrm_front *front)
{
	struct xenbus_device *dev = front->xbdev;
	const struct {
		const char *key;
		u32 value;
	} keys[] = {
		{ XENDRM_KEY_VERSION, XENDRM_PROTOCOL_VERSION },
		{ XENDRM_KEY_RING_ORDER, ilog2(front->nr_ring_pages) },
		{ XENDRM_KEY_EVENT_REF, front->event_ref },
		{ XENDRM_KEY_DATA_PAGES, front->data.nr_pages },
		{ XENDRM_KEY_EVENT_CHANNEL, front->port },
		{ XENDRM_KEY_OBJECTS, front->feature_objects },
		{ XENDRM_KEY_FEATURE_SUBMIT, front->feature_submit },
		{ XENDRM_KEY_FEATURE_QUIET_FENCES, front->quiet_fences },
	};
	int err = 0;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(keys) && !err; i++)
		err = xenbus_printf(xbt, dev->nodename, keys[i].key, "%u",
				    keys[i].value);
	if (!err)
		err = write_device_keys(xbt, dev, &front->window);
	if (!err)
		err = write_refs(xbt, dev, XENDRM_KEY_RING_REF,
				 front->ring_refs, front->nr_ring_pages);
	if (!err)
		err = write_refs(xbt, dev, XENDRM_KEY_DATA_REF,
				 front->data.directory_refs,
				 front->data.nr_directory);
	return err;
}

/**
 * pvdrm_front_publish() - write the connection's keys, all at once
 * @front: the connection, with its shared memory
 *
 * Return: 0, or an error that has been reported in xenstore.
 */
int pvdrm_front_publish(struct pvdrm_front *front)
{
	struct xenbus_transaction xbt;
	int err;

	do {
		err = xenbus_transaction_start(&xbt);
		if (err)
			break;
		err = write_keys(xbt, front);
		if (err) {
			xenbus_transaction_end(xbt, 1);
			break;
		}
		err = xenbus_transaction_end(xbt, 0);
	} while (err == -EAGAIN);

	if (err)
		xenbus_dev_fatal(front->xbdev, err, "writing the connection's keys");
	return err;
}
