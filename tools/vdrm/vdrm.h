/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vdrm: attach dom0's DRM devices to guests, and serve them
 */
#ifndef VDRM_H
#define VDRM_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <xenstore.h>

#include "drmif.h"

/* Exit statuses; vdrm(8) lists them. */
enum {
	VDRM_OK,
	VDRM_ERROR,		/* anything not named below */
	VDRM_USAGE,
	VDRM_NO_NODE,		/* the device path isn't there */
	VDRM_NOT_DRM,		/* it is no DRM node */
	VDRM_NO_PERMISSION,
	VDRM_NO_DOMAIN,
	VDRM_IN_USE,		/* that device number is served already */
	VDRM_NO_BACKEND,	/* pvdrm-back isn't loaded */
	VDRM_NO_TABLE,		/* pvdrm-back doesn't know the driver's ioctls */
	VDRM_NO_DEVICE,		/* the guest has no such device */
	VDRM_TIMEOUT,
	VDRM_NO_XENSTORE,
};

/* The states of both ends, as in Xen's io/xenbus.h */
enum {
	STATE_UNKNOWN,		/* also: no such key */
	STATE_INITIALISING,
	STATE_INIT_WAIT,
	STATE_INITIALISED,
	STATE_CONNECTED,
	STATE_CLOSING,
	STATE_CLOSED,
	STATE_RECONFIGURING,
	STATE_RECONFIGURED,
};

#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))
#define __printf(a, b)		__attribute__((	\
	__format__(__printf__, a, b)))

/* Formats of the directories above a device's two */
#define BACK_DIR	"/local/domain/%u/backend/" XENDRM_DEVICE_TYPE
#define FRONT_DIR	"/local/domain/%u/device/" XENDRM_DEVICE_TYPE

#ifndef VDRM_RUN_DIR
#define VDRM_RUN_DIR	"/run/vdrm"	/* lock files */
#endif

#define DAEMON_LOCK	VDRM_RUN_DIR "/daemon.pid"

#define VDRM_PATH	160	/* bytes, of any xenstore path of ours */
#define VDRM_MAX_DEVID	1023
#define VDRM_CLOSE_MS	10000	/* a guest's time to let go of a device */

/**
 * struct device - one attached device and where xenstore keeps it
 * @host: the domain of the backend; unless a comment says otherwise, ours
 * @guest: the domain that has the device
 * @devid: its number there
 * @elsewhere: the backend is in another domain than ours
 * @back: the backend's directory
 * @front: the frontend's directory
 */
struct device {
	unsigned int host;
	unsigned int guest;
	unsigned int devid;
	bool elsewhere;
	char back[VDRM_PATH];
	char front[VDRM_PATH];
};

/* log.c: all return @code, so that "return fail(...)" reads well */
void log_to_syslog(const char *ident);
int fail(int code, const char *format, ...) __printf(2, 3);
const char *last_failure(void);
void note(const char *format, ...) __printf(1, 2);
void print_clean(const char *text);
char *make_clean(char *text);
void log_where(const char *text);
void log_mute(bool mute);

/* options.c: KEY=VALUE words */
enum node_kind { NODE_ANY, NODE_RENDER, NODE_PRIMARY };

enum {
	LIMIT_FILES,
	LIMIT_INFLIGHT,
	LIMIT_BUFFER_BYTES,
	LIMIT_MAPPED_BYTES,
	LIMIT_GRANTED_BYTES,
	LIMIT_OBJECTS,
	LIMIT_HANGS,
	LIMIT_WEIGHT,
	LIMIT_CAP,
	NR_LIMITS
};

extern const char * const limit_keys[NR_LIMITS];

struct options {
	int devid;		/* -1: the lowest free */
	enum node_kind node;
	int sequential;		/* -1: as the backend's parameter says */
	int wait;		/* seconds; -1: the verb's default */
	bool force;
	bool sandbox;
	const char *backend;	/* the domain that serves the device; NULL: ours */
	unsigned long long limit[NR_LIMITS];	/* 0: as the backend's parameter says */
};

#define OPTION_DEVID		0x01u
#define OPTION_NODE		0x02u
#define OPTION_SEQUENTIAL	0x04u
#define OPTION_WAIT		0x08u
#define OPTION_FORCE		0x10u
#define OPTION_LIMITS		0x20u
#define OPTION_SANDBOX		0x40u
#define OPTION_BACKEND		0x80u

bool option_known(const char *key, unsigned int allowed);
void options_init(struct options *o);
int options_parse(struct options *o, unsigned int allowed, int argc, char * const *argv);
int parse_number(const char *text, unsigned int max, unsigned int *value);
int parse_size(const char *text, unsigned long long *value);
bool option_json(int *argc, char **argv);

/* xs.c: xenstore */
int store_open(struct xs_handle **xs, unsigned int *self);
char *store_read(struct xs_handle *xs, xs_transaction_t t, const char *dir, const char *key);
int store_read_number(struct xs_handle *xs, xs_transaction_t t, const char *dir, const char *key);
bool store_write(struct xs_handle *xs, xs_transaction_t t, const char *dir, const char *key,
		 const char *format, ...) __printf(5, 6);
bool store_exists(struct xs_handle *xs, xs_transaction_t t, const char *path);
long now_ms(void);
bool store_wait(struct xs_handle *xs, long deadline);

/* domain.c */
int domain_find(struct xs_handle *xs, const char *text, unsigned int *domid);
bool domain_is(struct xs_handle *xs, unsigned int domid, const char *text);
bool domain_alive(struct xs_handle *xs, unsigned int domid);
char *domain_name(struct xs_handle *xs, unsigned int domid);

/* device.c */
void device_init(struct device *dev, unsigned int host, unsigned int guest, unsigned int devid);
bool device_exists(struct xs_handle *xs, const struct device *dev);
int device_state(struct xs_handle *xs, const char *dir);
int device_create(struct xs_handle *xs, const struct device *dev, const char *node,
		  const struct options *o);
bool device_find_backend(struct xs_handle *xs, const struct device *dev, struct device *other);
bool device_lives(struct xs_handle *xs, const struct device *dev);
void device_begin_close(struct xs_handle *xs, const struct device *dev);
bool device_guest_uses(struct xs_handle *xs, const struct device *dev);
int device_remove(struct xs_handle *xs, const struct device *dev);
void device_wait_gone(const struct device *dev);
unsigned int *store_numbers(struct xs_handle *xs, const char *path, unsigned int *count);

/* lock.c: who serves a device */
int lock_file(const char *path, int *fd);
bool lock_file_held(const char *path, pid_t *holder);
int lock_take(const struct device *dev, int *fd);
int lock_failed(const struct device *dev, int error);
void lock_write_pid(int fd);
void lock_drop(const struct device *dev, int fd);
bool lock_held(const struct device *dev, pid_t *holder);
int lock_wait(const struct device *dev, long deadline, int *fd);

/* node.c */
int node_resolve(const char *path, enum node_kind kind, char *node, size_t size);
bool node_is_named(const char *text);
bool node_is_address(const char *text);
bool node_is_render(const char *path);

/* state.c */
/**
 * struct status - what becomes of a device
 * @word: as in vdrm(8)
 * @error: the backend's reason; NULL: none
 * @guest_error: the guest's own complaint; NULL: none
 */
struct status {
	const char *word;
	char *error;
	char *guest_error;
};

bool device_is_served(struct xs_handle *xs, const struct device *dev);
void status_read(struct xs_handle *xs, const struct device *dev, struct status *status);
void status_free(struct status *status);
void status_print(const struct status *status);
void status_json(const struct status *status);
void devices_each(struct xs_handle *xs, unsigned int self, int only,
		  void (*show)(struct xs_handle *xs, const struct device *dev, void *data),
		  void *data);
void devices_elsewhere(struct xs_handle *xs, unsigned int self, int only,
		       void (*show)(struct xs_handle *xs, const struct device *dev, void *data),
		       void *data);

/* The verbs; argv[0] is the verb */
int verb_attach(int argc, char **argv);
int verb_detach(int argc, char **argv);
int verb_list(int argc, char **argv);
int verb_info(int argc, char **argv);
int verb_serve(int argc, char **argv);
int verb_daemon(int argc, char **argv);
int verb_top(int argc, char **argv);
int verb_metrics(int argc, char **argv);
int verb_check(int argc, char **argv);

/* What attach hands to the process it starts: two open files */
#define SERVE_INHERIT	"--inherit="

#endif /* VDRM_H */
