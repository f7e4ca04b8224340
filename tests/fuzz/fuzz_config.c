/* A configuration from any bytes: cut, compared with what iniparser reads, taken, checked; all that is told is text. */
#include "config/config_check.h"
#include "config/config_scan.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is told must be text, whatever the file holds. */
static void tell(void *ctx, enum config_level level, const struct err *e)
{
	(void)level;
	(*(unsigned *)ctx)++;
	if (!e->where[0] || !e->what[0])
		abort();
	/* The scan foresees all that iniparser does: it never comes to a difference. */
	if (strncmp(e->what, "iniparser", 9) == 0)
		abort();
	for (const char *p = e->what; *p; p++) {
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			abort();
	}
}

/* Other files than this one are not for a fuzzer to read. */
static bool includes(const struct ini *ini)
{
	for (size_t i = 0; i < ini->section_count; i++) {
		if (ini_find(&ini->sections[i], "include"))
			return true;
	}
	return false;
}

static void load(const char *path, bool good)
{
	struct config *c;
	unsigned told = 0;
	int rc = config_load(&c, path, tell, &told);
	if (rc < 0 ? c || !told : !c || !c->output_count || !good)
		abort();
	if (c && config_check(c, "4.2.0", "x86_64", tell, &told) < 0)
		abort();
	config_free(c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned told = 0;
	struct reporter r = { .report = tell, .ctx = &told };
	struct ini ini;
	char path[64];
	FILE *f = tmpfile();

	if (!f)
		return 0;
	fwrite(data, 1, size, f);
	fflush(f);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fileno(f));
	bool good = ini_scan(&ini, "fuzz", (const char *)data, size, &r) == 0;
	if (good != (told == 0))
		abort();
	if (!includes(&ini))
		load(path, good);
	ini_release(&ini);
	fclose(f);
	return 0;
}
