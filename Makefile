# SPDX-License-Identifier: GPL-2.0-only
# PVDRM: `make help` lists what can be done.

KVER    ?= $(shell uname -r)
KDIR    ?= /lib/modules/$(KVER)/build
BUILD   := $(CURDIR)/build
OUT     ?= $(BUILD)/modules/$(notdir $(patsubst %/,%,$(KVER)))
USEROUT ?= $(BUILD)/user
PREFIX  ?= /usr/local
DEBOUT  ?= $(BUILD)/deb
DESTDIR ?=
VERSION ?= 0.1
RIG     := tests/rig/run
V       ?= 0
GPU     ?= virtio

.PHONY: all modules tools guest-programs install install-tools install-page install-source uninstall \
	deb clean help demo bench check check-unit check-style check-build check-rig check-debug \
	check-all check-apps check-packages fuzz

all: modules tools

help:
	@echo 'make                modules for the running kernel (or KDIR=...) and vdrm'
	@echo 'make install        install modules, vdrm, manual pages and the service'
	@echo 'make deb            Debian packages pvdrm-dkms and pvdrm-tools, in build/deb'
	@echo 'make demo           a guest computes and draws on the GPU of dom0 (under QEMU)'
	@echo 'make demo GPU=nouveau  a guest paints on an NVIDIA GPU of dom0, a software one'
	@echo 'make demo GPU=venus    a guest computes by Vulkan on the GPU of dom0'
	@echo 'make check          what every change has to pass; check-unit, check-style, check-build, check-rig: a part'
	@echo 'make check-all      every test, before a release'
	@echo 'make check-debug    the system tests on a kernel with KASAN, lockdep, kmemleak: hours'
	@echo 'make check-apps     unmodified programs of Debian in guests, into docs/works-with.md'
	@echo 'make check-packages  the packages in clean roots of three Debian releases'
	@echo 'make bench          what it costs, compared with native, in one run'
	@echo 'make clean          remove build/'

# The kernel's build system leaves objects beside the sources: give it a tree
# of links for each kernel, so that several can be built side by side.
modules:
	@test -f "$(KDIR)/Makefile" || { echo "make: no kernel headers in $(KDIR): install linux-headers-$(KVER) or give KDIR=" >&2; exit 1; }
	@mkdir -p "$(OUT)"
	@cp -rs --remove-destination "$(CURDIR)/src" "$(OUT)/"
	@ln -sfn "$(CURDIR)/include" "$(OUT)/src/include"
	$(MAKE) -C "$(KDIR)" M="$(OUT)/src" V=$(V) $(KBUILD_ARGS) modules
	@cp "$(OUT)/src/pvdrm-front.ko" "$(OUT)/src/pvdrm-back.ko" "$(OUT)/"

tools:
	$(MAKE) -C tools/vdrm OUT="$(USEROUT)" VERSION="$(VERSION)"

guest-programs:
	$(MAKE) -C tests/guest OUT="$(USEROUT)"
	$(MAKE) -C bench OUT="$(USEROUT)"

install: all install-tools install-page
	mkdir -p "$(DESTDIR)$(PREFIX)/lib/systemd/system"
	sed 's|/usr/sbin|$(PREFIX)/sbin|' packaging/vdrmd.service >"$(DESTDIR)$(PREFIX)/lib/systemd/system/vdrmd.service"
	install -D -m 644 -t "$(DESTDIR)/lib/modules/$(KVER)/updates/pvdrm" \
		"$(OUT)/pvdrm-front.ko" "$(OUT)/pvdrm-back.ko"
	test -n "$(DESTDIR)" || depmod "$(KVER)"

install-tools: tools
	install -D -m 755 -t "$(DESTDIR)$(PREFIX)/sbin" "$(USEROUT)/vdrm"
	install -D -m 644 -t "$(DESTDIR)$(PREFIX)/share/man/man8" tools/vdrm/vdrm.8 tools/vdrm/vdrmd.8
	install -D -m 644 -t "$(DESTDIR)$(PREFIX)/share/man/man5" tools/vdrm/pvdrm.conf.5
	install -d -m 755 "$(DESTDIR)/etc/pvdrm/guests.d"
	install -D -m 644 packaging/sysctl.conf "$(DESTDIR)$(PREFIX)/lib/sysctl.d/20-pvdrm.conf"
	install -D -m 644 tools/vdrm/vdrm.bash-completion \
		"$(DESTDIR)$(PREFIX)/share/bash-completion/completions/vdrm"

# Of the modules: guests want it as well
install-page:
	install -D -m 644 -t "$(DESTDIR)$(PREFIX)/share/man/man4" tools/vdrm/pvdrm.4

# What DKMS builds the modules from
install-source:
	mkdir -p "$(DESTDIR)/usr/src/pvdrm-$(VERSION)"
	cp -r src/. include "$(DESTDIR)/usr/src/pvdrm-$(VERSION)/"
	rm "$(DESTDIR)/usr/src/pvdrm-$(VERSION)/include/uapi/newest/README"

uninstall:
	rm -rf "$(DESTDIR)/lib/modules/$(KVER)/updates/pvdrm"
	rm -f "$(DESTDIR)$(PREFIX)/sbin/vdrm" \
		"$(DESTDIR)$(PREFIX)/lib/systemd/system/vdrmd.service" \
		"$(DESTDIR)$(PREFIX)/lib/sysctl.d/20-pvdrm.conf" \
		"$(DESTDIR)$(PREFIX)/share/man/man8/vdrm.8" \
		"$(DESTDIR)$(PREFIX)/share/man/man8/vdrmd.8" \
		"$(DESTDIR)$(PREFIX)/share/man/man5/pvdrm.conf.5" \
		"$(DESTDIR)$(PREFIX)/share/man/man4/pvdrm.4" \
		"$(DESTDIR)$(PREFIX)/share/bash-completion/completions/vdrm"
	test -n "$(DESTDIR)" || depmod "$(KVER)"

# In a copy, since dpkg-buildpackage writes beside its folder
deb:
	@command -v dpkg-buildpackage >/dev/null || { echo "make: no dpkg-buildpackage: install build-essential and what debian/control names" >&2; exit 1; }
	rm -rf "$(DEBOUT)"
	mkdir -p "$(DEBOUT)/pvdrm"
	cp -r COPYING Makefile README.md SECURITY.md debian docs include packaging src tools "$(DEBOUT)/pvdrm/"
	cd "$(DEBOUT)/pvdrm" && dpkg-buildpackage --build=binary --no-sign

demo:
	GPU=$(GPU) demo/run

bench:
	bench/run
	bench/run-many
	bench/run-peers
	bench/run-desktop

check check-unit check-style check-build check-rig check-debug check-apps check-packages:
	tests/$@

check-all:
	CHECK_ALL=yes tests/check

fuzz:
	tests/rig/in-build-root $(MAKE) -C tests/unit fuzz OUT="$(BUILD)/unit"

clean:
	rm -rf "$(BUILD)"
