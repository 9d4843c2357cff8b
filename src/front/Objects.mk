# SPDX-License-Identifier: GPL-2.0-only
pvdrm-front-objs-list := main.o xenbus.o transport.o data.o ring.o call.o table.o drm.o file.o ioctl.o events.o fence.o map.o fault.o memtype.o map_hvm.o $(if $(CONFIG_XEN_PV),map_pv.o device_pv.o) window.o cache.o cache_calls.o pool.o stats.o common.o
