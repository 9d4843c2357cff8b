// SPDX-License-Identifier: GPL-2.0-only
/*
 * fdinfo.c: what the host's driver says of a file in /proc/PID/fdinfo
 */
#include <linux/fs.h>
#include <linux/mutex.h>
#include <linux/seq_file.h>

#include "back/bus/link.h"
#include "back/file/file.h"
#include "back/serve/job.h"
#include "back/transport/ring.h"

/* Return: bytes of whole lines in @buf. */
static u32 show(struct file *file, char *buf, u32 size)
{
	struct seq_file m = { .buf = buf, .size = size, .file = file };

	if (!file->f_op->show_fdinfo)
		return 0;
	/* What does not fit may leave a gap. */
	memset(buf, 0, size);
	mutex_init(&m.lock);
	file->f_op->show_fdinfo(&m, file);
	mutex_destroy(&m.lock);
	while (m.count && buf[m.count - 1] != '\n')
		m.count--;
	return m.count;
}

/**
 * pvdrm_back_file_fdinfo() - FDINFO
 * @job: the request at hand
 *
 * Return: 0 or -errno.
 */
int pvdrm_back_file_fdinfo(struct pvdrm_job *job)
{
	const struct xendrm_request *req = &job->req;
	u32 size = min(req->rsp_len, XENDRM_MAX_FDINFO);
	struct pvdrm_back_file *pf;
	int ret;

	ret = pvdrm_job_need_buf(job, size);
	if (ret)
		return ret;
	pf = pvdrm_back_file_get(job->link, req->file);
	if (!pf)
		return -EBADF;
	job->rsp.rsp_len = show(pf->file, job->buf, size);
	pvdrm_back_file_put(pf);
	return pvdrm_back_data_write(job->link, req->data_off, job->buf,
				     job->rsp.rsp_len);
}
