#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "source/src_plugin.h"

#include "collect.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* auditd's af_unix plugin, and the source that reads it. */
struct rig {
	char folder[64], path[80];
	int listener, peer;
	struct source *s;
	struct collect got;
};

static void serve(struct rig *r)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };

	strcpy(a.sun_path, r->path);
	r->listener = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(bind(r->listener, (struct sockaddr *)&a, sizeof(a)), 0);
	assert_int_equal(listen(r->listener, 5), 0);
}

static void take_call(struct rig *r)
{
	assert_int_equal(fcntl(r->listener, F_SETFL, O_NONBLOCK), 0);
	r->peer = accept(r->listener, NULL, NULL);
	assert_true(r->peer >= 0);
}

static void stop_serving(struct rig *r)
{
	if (r->peer >= 0)
		close(r->peer);
	if (r->listener >= 0)
		close(r->listener);
	r->peer = r->listener = -1;
	unlink(r->path);
}

static void rig_prepare(struct rig *r)
{
	const char *tmp = getenv("TMPDIR");

	r->peer = r->listener = -1;
	snprintf(r->folder, sizeof(r->folder), "%s/tiercel-plugin.XXXXXX", tmp && strlen(tmp) < 30 ? tmp : "/tmp");
	assert_non_null(mkdtemp(r->folder));
	snprintf(r->path, sizeof(r->path), "%s/events", r->folder);
}

static void rig_up(struct rig *r)
{
	struct source_sink sink = collect_sink(&r->got);
	struct err err;

	rig_prepare(r);
	serve(r);
	assert_int_equal(src_plugin_socket(&r->s, r->path, &sink, &err), 0);
	take_call(r);
}

static void rig_down(struct rig *r)
{
	r->s->ops->close(r->s);
	stop_serving(r);
	assert_int_equal(rmdir(r->folder), 0);
	collect_release(&r->got);
}

static void put(const struct rig *r, const void *p, size_t n)
{
	assert_int_equal(write(r->peer, p, n), n);
}

static void put_text(const struct rig *r, const char *text)
{
	put(r, text, strlen(text));
}

static void drain(struct rig *r)
{
	int rc;

	do
		rc = r->s->ops->read(r->s);
	while (rc > 0);
	assert_int_equal(rc, -EAGAIN);
}

static unsigned restarts(const struct rig *r)
{
	struct source_counts c;

	r->s->ops->counts(r->s, &c);
	return (unsigned)c.restarts;
}

static bool connected(const struct rig *r)
{
	return r->s->ops->fd(r->s) >= 0;
}

static void text_comes_as_lines(void **state)
{
	struct rig r;

	(void)state;
	rig_up(&r);
	assert_string_equal(r.s->ops->origin, "audisp");
	drain(&r);
	put_text(&r, "type=SYSCALL a\ntype=CWD b\ntype=PA");
	drain(&r);
	assert_string_equal(r.got.text, "Ltype=SYSCALL a\nLtype=CWD b\n");
	put_text(&r, "TH c\n");
	drain(&r);
	assert_string_equal(r.got.text, "Ltype=SYSCALL a\nLtype=CWD b\nLtype=PATH c\n");
	assert_int_equal(restarts(&r), 0);
	rig_down(&r);
}

static void binary_comes_as_datagrams(void **state)
{
	static const uint32_t v0[] = { 0, 16, 1320, 16 };
	struct rig r;

	(void)state;
	rig_up(&r);
	put(&r, v0, 16);
	put_text(&r, "audit(1.000:1): ");
	put(&r, v0, 9);
	drain(&r);
	put(&r, (const char *)v0 + 9, 7);
	put_text(&r, "audit(1.000:2): ");
	drain(&r);
	assert_string_equal(r.got.text, "D1320:audit(1.000:1): \nD1320:audit(1.000:2): \n");
	rig_down(&r);
}

/* What a dying auditd left half written is not glued to what the next one writes, be its protocol another. */
static void auditd_comes_back(void **state)
{
	static const uint32_t v0[] = { 0, 16, 1320, 16 };
	struct rig r;

	(void)state;
	rig_up(&r);
	put_text(&r, "type=A 1\ntype=B half");
	stop_serving(&r);
	drain(&r);
	assert_string_equal(r.got.text, "Ltype=A 1\nLtype=B half\n");
	assert_false(connected(&r));
	assert_int_equal(restarts(&r), 1);
	drain(&r);
	assert_int_equal(restarts(&r), 1);
	serve(&r);
	r.s->ops->tick(r.s, 5000);
	r.s->ops->tick(r.s, 5999);
	assert_false(connected(&r));
	r.s->ops->tick(r.s, 6000);
	assert_true(connected(&r));
	take_call(&r);
	put(&r, v0, 16);
	put_text(&r, "audit(1.000:1): ");
	drain(&r);
	assert_string_equal(r.got.text, "Ltype=A 1\nLtype=B half\nD1320:audit(1.000:1): \n");
	rig_down(&r);
}

static void tries_grow_rare_and_reset(void **state)
{
	static const int want[] = { 1000, 3000, 7000, 15000, 25000, 35000 };
	struct rig r;
	unsigned tries = 0;

	(void)state;
	rig_up(&r);
	stop_serving(&r);
	drain(&r);
	r.s->ops->tick(r.s, 0);
	/* Each try is seen by offering the socket for one tick only. */
	for (int at = 100; at <= 35000; at += 100) {
		serve(&r);
		r.s->ops->tick(r.s, at);
		if (connected(&r)) {
			assert_int_equal(at, want[tries++]);
			stop_serving(&r);
			drain(&r);
			r.s->ops->tick(r.s, at);
		}
		stop_serving(&r);
	}
	assert_int_equal(tries, 6);
	assert_int_equal(restarts(&r), 7);
	/* Whoever brings something is waited for as at first. */
	serve(&r);
	r.s->ops->tick(r.s, 45000);
	take_call(&r);
	put_text(&r, "type=A 1\n");
	drain(&r);
	stop_serving(&r);
	drain(&r);
	serve(&r);
	r.s->ops->tick(r.s, 50000);
	r.s->ops->tick(r.s, 51000);
	assert_true(connected(&r));
	rig_down(&r);
}

static void nonsense_is_a_restart(void **state)
{
	static const uint32_t bad[] = { 0, 17, 1320, 16 };
	struct rig r;

	(void)state;
	rig_up(&r);
	put(&r, bad, 16);
	drain(&r);
	assert_false(connected(&r));
	assert_int_equal(restarts(&r), 1);
	r.s->ops->tick(r.s, 0);
	r.s->ops->tick(r.s, 1000);
	close(r.peer);
	take_call(&r);
	put_text(&r, "type=A 1\n");
	drain(&r);
	assert_string_equal(r.got.text, "Ltype=A 1\n");
	rig_down(&r);
}

static void who_is_not_there_is_told(void **state)
{
	struct source_sink sink = collect_sink(&(struct collect){ 0 });
	struct rig r;
	struct source *s;
	struct err err;
	char longer[200];

	(void)state;
	free(((struct collect *)sink.ctx)->text);
	rig_prepare(&r);
	assert_int_equal(src_plugin_socket(&s, r.path, &sink, &err), -ENOENT);
	assert_string_equal(err.where, r.path);
	assert_string_equal(err.what, "can't connect to auditd's plugin: No such file or directory: does auditd run, and is "
		"its plugin af_unix active (plugins.d/af_unix.conf)?");
	serve(&r);
	close(r.listener);
	r.listener = -1;
	assert_int_equal(src_plugin_socket(&s, r.path, &sink, &err), -ECONNREFUSED);
	memset(longer, 'x', sizeof(longer));
	longer[sizeof(longer) - 1] = '\0';
	assert_int_equal(src_plugin_socket(&s, longer, &sink, &err), -ENAMETOOLONG);
	assert_int_equal(src_plugin_socket(&s, "", &sink, &err), -ENOENT);
	stop_serving(&r);
	rmdir(r.folder);
}

/* A pipe in place of standard input; blocking, as auditd's may be. */
static void standard_input_ends(void **state)
{
	int fds[2], saved = dup(STDIN_FILENO);
	struct collect got;
	struct source_sink sink = collect_sink(&got);
	struct source *s;
	struct err err;

	(void)state;
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(dup2(fds[0], STDIN_FILENO), STDIN_FILENO);
	close(fds[0]);
	assert_int_equal(src_plugin_stdin(&s, &sink, &err), 0);
	assert_int_equal(s->ops->fd(s), STDIN_FILENO);
	assert_int_equal(s->ops->read(s), -EAGAIN);
	assert_int_equal(write(fds[1], "type=A 1\ntype=B", 15), 15);
	assert_int_equal(s->ops->read(s), 15);
	assert_int_equal(s->ops->read(s), -EAGAIN);
	close(fds[1]);
	assert_int_equal(s->ops->read(s), 0);
	s->ops->tick(s, 100000);
	assert_string_equal(got.text, "Ltype=A 1\nLtype=B\n");
	s->ops->close(s);
	assert_int_equal(fcntl(STDIN_FILENO, F_GETFL) & O_NONBLOCK, 0);
	dup2(saved, STDIN_FILENO);
	close(saved);
	collect_release(&got);
}

static void nonsense_on_standard_input_is_explained(void **state)
{
	static const uint32_t bad[] = { 0, 17, 1320, 16 };
	int fds[2], saved = dup(STDIN_FILENO);
	struct collect got;
	struct source_sink sink = collect_sink(&got);
	struct source *s;
	struct err err;

	(void)state;
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(dup2(fds[0], STDIN_FILENO), STDIN_FILENO);
	close(fds[0]);
	assert_int_equal(src_plugin_stdin(&s, &sink, &err), 0);
	assert_int_equal(write(fds[1], bad, 16), 16);
	assert_int_equal(s->ops->read(s), -EPROTO);
	s->ops->explain(s, -EPROTO, &err);
	assert_string_equal(err.where, "standard input");
	assert_string_equal(err.what, "neither text nor the audispd protocol, at byte 0");
	s->ops->close(s);
	close(fds[1]);
	dup2(saved, STDIN_FILENO);
	close(saved);
	collect_release(&got);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_comes_as_lines),
		cmocka_unit_test(binary_comes_as_datagrams),
		cmocka_unit_test(auditd_comes_back),
		cmocka_unit_test(tries_grow_rare_and_reset),
		cmocka_unit_test(nonsense_is_a_restart),
		cmocka_unit_test(who_is_not_there_is_told),
		cmocka_unit_test(standard_input_ends),
		cmocka_unit_test(nonsense_on_standard_input_is_explained),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
