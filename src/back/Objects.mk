# SPDX-License-Identifier: GPL-2.0-only
pvdrm-back-objs-list := main.o chardev.o bind.o xenbus.o connect.o link.o transport.o worker.o serve.o exec.o files.o fence.o map.o fault.o resolve.o grant.o events.o stats.o common.o tables/build.o tables/core.o tables/amdgpu.o tables/i915.o tables/nouveau.o tables/panfrost.o tables/radeon.o tables/vgem.o tables/virtio_gpu.o tables/xe.o
