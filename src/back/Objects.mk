# SPDX-License-Identifier: GPL-2.0-only
pvdrm-back-objs-list := main.o trace.o \
	$(addprefix bus/,back.o xenbus.o parent.o connect.o teardown.o limits.o patience.o stats.o) \
	$(addprefix serve/,chardev.o server.o serve.o leader.o wait.o worker.o job.o failing.o isolation.o ops.o rate.o stock.o engine.o) \
	$(addprefix transport/,ring.o slot.o event.o irq.o) \
	$(addprefix fd/,fd.o fence.o merge.o object.o dmabuf.o implicit.o import.o syncobj.o eventfd.o) \
	$(addprefix file/,file.o read.o fdinfo.o buffers.o hangs.o held.o recycle.o) \
	$(addprefix gpu/,gpu.o submission.o turn.o unseen.o pace.o show.o) \
	$(addprefix memory/,map.o mmap.o pin.o guest.o fault.o frame.o grant.o lru.o evict.o) \
	$(addprefix vram/,vram.o vram_window.o $(if $(CONFIG_XEN_PV),vram_pte.o) domctl.o) \
	$(addprefix tables/,build.o buffer.o core.o work.o) \
	$(addprefix drivers/,amdgpu.o etnaviv.o i915.o nouveau.o panfrost.o \
		panthor.o radeon.o v3d.o vgem.o virtio_gpu.o xe.o)
