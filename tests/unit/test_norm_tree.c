/* Parents and ancestors that no event told of: a system of the test's own is asked. */
#include "cases.h"
#include "sys/proc.h"

#include <errno.h>

struct system {
	unsigned asked[100];
	bool busy;
};

static int look(void *looks, uint32_t pid, struct proc_facts *facts)
{
	/* nginx and a worker of it that no event told of; a pid that has a new owner; two of other times' making */
	static const struct {
		uint32_t pid, ppid;
		int64_t start_s;
		const char *comm, *exe;
	} all[] = {
		{ 1, 0, 1600000000, "systemd", "/sbin/systemd" }, { 10, 1, 1600000001, "nginx", "/sbin/nginx" },
		{ 20, 10, 1700000000, "nginx", "/sbin/nginx" }, { 40, 1, 1700000060, "younger", "/bin/younger" },
		{ 50, 51, 1600000000, "round", "" }, { 51, 50, 1600000000, "and round", "" },
	};
	struct system *system = looks;

	assert_in_range(pid, 1, 99);
	system->asked[pid]++;
	if (system->busy)
		return -EAGAIN;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		if (all[i].pid != pid)
			continue;
		facts->ppid = all[i].ppid;
		facts->start_ns = all[i].start_s * 1000000000;
		facts->comm_n = strlen(all[i].comm);
		memcpy(facts->comm, all[i].comm, facts->comm_n);
		facts->exe_n = strlen(all[i].exe);
		memcpy(facts->exe, all[i].exe, facts->exe_n);
		return 0;
	}
	return -ESRCH;
}

#define OPEN(s, n, pid, ppid) "type=SYSCALL msg=audit(1700000" s ".000:" n "): arch=c000003e syscall=2 success=yes exit=3 a0=1 " \
	"items=0 ppid=" ppid " pid=" pid " auid=0 uid=0 tty=(none) ses=1 comm=\"sh\" exe=\"/bin/sh\" key=(null)\n"
#define FROM(node, s, n, pid, ppid) "node=" node " " OPEN(s, n, pid, ppid)

static void parents_are_looked_at(void **state)
{
	static const struct log_case cases[] = {
		{ "a silent worker", OPEN("005", "1", "30", "20"),
		  { { "proc.pname", "nginx" }, { "proc.pexepath", "/sbin/nginx" }, { "proc.pcmdline", NULL }, { "proc.pexe", NULL },
		    { "proc.duration", NULL }, { "proc.aname[0]", "sh" }, { "proc.aname[1]", "nginx" }, { "proc.apid[2]", "10" },
		    { "proc.aname[3]", "systemd" }, { "proc.aname[4]", NULL } } },
		{ "gone", OPEN("005", "1", "30", "60"), { { "proc.pname", NULL }, { "proc.aname[1]", NULL }, { "proc.apid[1]", "60" } } },
		{ "younger than the event", OPEN("005", "1", "30", "40"), { { "proc.pname", NULL } } },
		{ "older than a later one", OPEN("005", "1", "30", "40") OPEN("070", "2", "31", "40"), { { "proc.pname", "younger" } } },
		{ "in a circle", OPEN("005", "1", "52", "50"),
		  { { "proc.aname[1]", "round" }, { "proc.aname[2]", "and round" }, { "proc.aname[3]", NULL } } },
		{ "its own parent", OPEN("005", "1", "30", "30"), { { "proc.pname", "sh" }, { "proc.aname[1]", NULL } } },
		{ "of this host by name", FROM("here", "005", "1", "30", "20"), { { "proc.pname", "nginx" } } },
		{ "of another host", FROM("there", "005", "1", "30", "20"), { { "proc.pname", NULL }, { "proc.aname[1]", NULL } } },
		{ "no parent", OPEN("005", "1", "30", "0"), { { "proc.pname", NULL } } },
	};
	struct system system = { .busy = false };
	const struct normalize_options options = {
		.origin = SPAN("audit"), .boot = SPAN("b"), .hostname = SPAN("here"), .look = look, .looks = &system
	};

	(void)state;
	run_cases_with(cases, sizeof(cases) / sizeof(cases[0]), &options);
	assert_int_equal(system.asked[30], 0); /* never of itself */
	assert_int_equal(system.asked[60], 1);
}

static void on_looked(void *ctx, struct event *ev)
{
	struct value v;

	(void)ctx;
	event_get(ev, FIELD_PROC_PNAME);
	event_kit_get(ev, "proc.aname[3]", &v);
	event_kit_get(ev, "proc.apid[2]", &v);
}

static void each_is_looked_at_once(void **state)
{
	static const char log[] = OPEN("005", "1", "30", "20") OPEN("005", "2", "31", "20") OPEN("006", "3", "30", "60")
		OPEN("007", "4", "31", "60") OPEN("004", "5", "32", "20");
	struct system system = { .busy = false };
	struct event_kit k = { .on_event = on_looked, .options = {
		.origin = SPAN("audit"), .boot = SPAN("b"), .hostname = SPAN("here"), .look = look, .looks = &system } };

	(void)state;
	event_kit_start(&k, NULL);
	event_kit_feed(&k, log, sizeof(log) - 1);
	event_kit_end(&k);
	for (uint32_t pid = 0; pid < 100; pid++)
		assert_int_equal(system.asked[pid], pid == 1 || pid == 10 || pid == 20 || pid == 60);
	/* One that could not be asked for is left for a while, too. */
	memset(&system, 0, sizeof(system));
	system.busy = true;
	event_kit_start(&k, NULL);
	event_kit_feed(&k, log, sizeof(log) - 1);
	event_kit_end(&k);
	assert_int_equal(system.asked[20], 1);
	assert_int_equal(system.asked[10], 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parents_are_looked_at),
		cmocka_unit_test(each_is_looked_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
