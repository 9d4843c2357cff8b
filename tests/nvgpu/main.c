// SPDX-License-Identifier: GPL-2.0-only
/*
 * nvgpu: a GPU for QEMU's -device vfio-user-pci, driven by an unmodified nouveau
 *
 * Serves one client on a UNIX socket and ends when it goes away.
 */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "gpu.h"
#include "vfio_user.h"

static void usage(FILE *to)
{
	fputs("usage: nvgpu [--vram MIB] [--speed KIB_PER_MS] [--listening FILE] SOCKET\n"
	      "Serves a GeForce 6800 for QEMU's -device vfio-user-pci on SOCKET, once.\n"
	      "--vram       64, 128 or 256 (64)\n"
	      "--speed      of its engines (0: as fast as they can)\n"
	      "--listening  gets a line when clients can connect\n", to);
}

static void die(const char *what)
{
	fprintf(stderr, "nvgpu: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int wait_for_client(const char *path, const char *listening)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int listener, client;
	FILE *file;

	if (strlen(path) >= sizeof(address.sun_path)) {
		errno = ENAMETOOLONG;
		die(path);
	}
	strcpy(address.sun_path, path);
	listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (listener < 0 || bind(listener, (struct sockaddr *)&address, sizeof(address)) ||
	    listen(listener, 1))
		die(path);
	if (listening) {
		file = fopen(listening, "a");
		if (!file || fputs("listening\n", file) < 0 || fclose(file))
			die(listening);
	}
	client = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	if (client < 0)
		die("accept");
	close(listener);
	unlink(path);
	return client;
}

static void run(struct gpu *gpu, int client)
{
	pthread_t thread;
	int error;

	errno = pthread_create(&thread, NULL, pfifo_run, gpu);
	if (errno)
		die("pthread_create");
	error = vfu_serve(gpu, client);
	gpu_lock(gpu);
	gpu->stop = true;
	gpu_wake(gpu);
	gpu_unlock(gpu);
	pthread_join(thread, NULL);
	fprintf(stderr, "nvgpu: %u methods, %llu KiB written\n", gpu->fault.methods,
		(unsigned long long)(gpu->fault.bytes / 1024));
	if (error) {
		errno = -error;
		die("serving");
	}
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "vram", required_argument, NULL, 'v' },
		{ "speed", required_argument, NULL, 's' },
		{ "listening", required_argument, NULL, 'l' },
		{ "help", no_argument, NULL, 'h' },
		{ }
	};
	unsigned long vram = 64, speed = 0;
	const char *listening = NULL;
	static struct gpu gpu;
	int c, client;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (c) {
		case 'v':
			vram = strtoul(optarg, NULL, 10);
			break;
		case 's':
			speed = strtoul(optarg, NULL, 10);
			break;
		case 'l':
			listening = optarg;
			break;
		case 'h':
			usage(stdout);
			return 0;
		default:
			usage(stderr);
			return 2;
		}
	}
	if (optind != argc - 1 || (vram != 64 && vram != 128 && vram != 256)) {
		usage(stderr);
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	errno = -gpu_open(&gpu, vram << 20);
	if (errno)
		die("making the device");
	gpu.fault.speed = speed;
	client = wait_for_client(argv[optind], listening);
	run(&gpu, client);
	close(client);
	gpu_close(&gpu);
	return 0;
}
