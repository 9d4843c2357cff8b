// SPDX-License-Identifier: GPL-2.0-only
/*
 * memtype.c: how a page of the calling program is cached, by its page table entry
 *
 * /sys/kernel/debug/memtype: write an address (8 bytes, as it is in memory), then
 * read what there is: "wb", "wc", "uc", "other" or "none".
 */
#include <linux/debugfs.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sched/mm.h>
#include <linux/uaccess.h>

static const char *kind_of(pte_t pte)
{
	unsigned long bits = pte_val(pte) & _PAGE_CACHE_MASK;

	if (pte_none(pte) || !pte_present(pte))
		return "none";
	if (bits == cachemode2protval(_PAGE_CACHE_MODE_WB))
		return "wb";
	if (bits == cachemode2protval(_PAGE_CACHE_MODE_WC))
		return "wc";
	if (bits == cachemode2protval(_PAGE_CACHE_MODE_UC) ||
	    bits == cachemode2protval(_PAGE_CACHE_MODE_UC_MINUS))
		return "uc";
	return "other";
}

static int look(pte_t *pte, unsigned long address, void *data)
{
	*(const char **)data = kind_of(ptep_get(pte));
	return 0;
}

static ssize_t memtype_write(struct file *file, const char __user *buf, size_t len, loff_t *pos)
{
	const char *kind = "none";
	unsigned long address;
	int ret;

	if (len != sizeof(address))
		return -EINVAL;
	if (copy_from_user(&address, buf, len))
		return -EFAULT;
	mmap_read_lock(current->mm);
	ret = vma_lookup(current->mm, address) ?
	      apply_to_page_range(current->mm, address & PAGE_MASK, PAGE_SIZE, look, &kind) :
	      -EFAULT;
	mmap_read_unlock(current->mm);
	file->private_data = (void *)kind;
	return ret ?: len;
}

static ssize_t memtype_read(struct file *file, char __user *buf, size_t len, loff_t *pos)
{
	const char *kind = file->private_data;

	return kind ? simple_read_from_buffer(buf, len, pos, kind, strlen(kind)) : -EINVAL;
}

static const struct file_operations memtype_fops = {
	.owner = THIS_MODULE,
	.open = nonseekable_open,
	.read = memtype_read,
	.write = memtype_write,
};

static struct dentry *entry;

static int __init memtype_init(void)
{
	entry = debugfs_create_file("memtype", 0600, NULL, NULL, &memtype_fops);
	return 0;
}
module_init(memtype_init);

static void __exit memtype_exit(void)
{
	debugfs_remove(entry);
}
module_exit(memtype_exit);

MODULE_DESCRIPTION("Tells how a page is cached, for tests");
MODULE_LICENSE("GPL");
