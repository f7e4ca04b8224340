/*
 * main() for a fuzz target built without libFuzzer: every file under the given directories (or files) is one input.
 * Without arguments fuzz_NAME reads $top_srcdir/tests/fuzz/corpus/NAME, which is how `make check` runs it.
 */
#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int fail(const char *path)
{
	fprintf(stderr, "replay: %s: %s\n", path, strerror(errno));
	return -1;
}

/* The input lies in a block of exactly its size, so that a sanitizer or valgrind sees a read of one byte too many. */
static int run_file(const char *path, size_t size)
{
	FILE *f = fopen(path, "rb");
	uint8_t *p = malloc(size);
	int rc = 0;

	if (!f || (!p && size) || (size && fread(p, 1, size, f) != size))
		rc = fail(path);
	else
		LLVMFuzzerTestOneInput(p, size);
	free(p);
	if (f)
		fclose(f);
	return rc ? rc : 1;
}

static int run(const char *path);

static int run_dir(const char *path)
{
	char sub[4096];
	struct dirent *e;
	int total = 0;
	DIR *d = opendir(path);

	if (!d)
		return fail(path);
	while (total >= 0 && (e = readdir(d))) {
		int n;

		if (e->d_name[0] == '.')
			continue;
		if ((size_t)snprintf(sub, sizeof(sub), "%s/%s", path, e->d_name) >= sizeof(sub)) {
			errno = ENAMETOOLONG;
			n = fail(path);
		} else {
			n = run(sub);
		}
		total = n < 0 ? n : total + n;
	}
	closedir(d);
	return total;
}

/* How many inputs ran, -1 after a failure that was told. */
static int run(const char *path)
{
	struct stat st;

	if (stat(path, &st))
		return fail(path);
	return S_ISDIR(st.st_mode) ? run_dir(path) : run_file(path, (size_t)st.st_size);
}

static int run_corpus(const char *program)
{
	const char *top = getenv("top_srcdir");
	const char *slash = strrchr(program, '/');
	const char *name = slash ? slash + 1 : program;
	char path[4096];

	if (strncmp(name, "fuzz_", 5) == 0)
		name += 5;
	snprintf(path, sizeof(path), "%s/tests/fuzz/corpus/%s", top ? top : ".", name);
	return run(path);
}

int main(int argc, char **argv)
{
	int total = argc > 1 ? 0 : run_corpus(argv[0]);

	for (int i = 1; i < argc && total >= 0; i++) {
		int n = run(argv[i]);

		total = n < 0 ? n : total + n;
	}
	if (total < 0)
		return 1;
	printf("replayed %d inputs\n", total);
	return total == 0;
}
