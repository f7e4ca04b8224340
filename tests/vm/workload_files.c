/*
 * Files: odd and long names, opens that fail, names relative to a directory, changes.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

#include "workload.h"

#define MANY_OPENS 500

static void touch(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT, 0640);

	if (fd >= 0)
		close(fd);
}

static void odd_paths(void)
{
	static const char *const names[] = { "with blank",	  "quo\"te",	    "new\nline", "gr\303\274n",
					     "invalid\377\376", "\"quoted\"", "a=b c=d",   "\303",
					     "back\\slash",	  "tab\there" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		touch(names[i]);
}

/* A name of 255 bytes, a path of 4,095 (of which no part is there), one that is too long for the kernel. */
static void long_paths(void)
{
	static char name[256], path[4096], beyond[5000];

	memset(name, 'n', 255);
	touch(name);
	for (size_t i = 0; i < sizeof(path) - 1; i++)
		path[i] = i % 200 ? (char)('a' + i / 200) : '/';
	touch(path);
	memset(beyond, 'x', sizeof(beyond) - 1);
	touch(beyond);
}

static void failing_opens(void)
{
	touch("file");
	open("absent", O_RDONLY);
	open("file/below", O_RDONLY);
	open(".", O_WRONLY);
	open("file", O_WRONLY | O_CREAT | O_EXCL, 0600);
	if (symlink("loop", "loop") == 0)
		open("loop", O_RDONLY);
	open("", O_RDONLY);
	/* A bad pointer: the record has no name. */
	syscall(SYS_open, 8L, O_RDONLY, 0);
	if (setresuid(65534, 65534, 65534) == 0)
		open("/etc/shadow", O_RDONLY);
}

static void relative(void)
{
	int directory, other;

	mkdir("one", 0755);
	mkdir("two", 0755);
	directory = open("one", O_RDONLY | O_DIRECTORY);
	other = open("two", O_RDONLY | O_DIRECTORY);
	close(openat(directory, "name", O_WRONLY | O_CREAT, 0600));
	close(openat(directory, "../two/name", O_WRONLY | O_CREAT, 0600));
	openat(directory, WORK_DIR "/absolute", O_RDONLY);
	openat(77, "no-such-descriptor", O_RDONLY);
	fchmodat(directory, "name", 0644, 0);
	linkat(directory, "name", other, "hard", 0);
	symlinkat("../one/name", other, "soft");
	renameat(directory, "name", other, "moved");
	unlinkat(other, "moved", 0);
	unlinkat(AT_FDCWD, "one", AT_REMOVEDIR);
}

static void renames(void)
{
	touch("before");
	rename("before", "after");
	rename("before", "after");
	touch("second");
	/* RENAME_EXCHANGE, where there is such a call. */
	syscall(316, AT_FDCWD, "second", AT_FDCWD, "after", 2);
	link("after", "hard");
	unlink("hard");
	mkdir("directory", 0700);
	rename("directory", "moved");
	rmdir("moved");
}

static void modes(void)
{
	int fd;

	touch("mode");
	chmod("mode", 0);
	chmod("mode", 04755);
	fd = open("mode", O_RDONLY);
	fchmod(fd, 0600);
	fchown(fd, 65534, 65534);
	if (chown("mode", 1, (gid_t)-1) < 0 || lchown("mode", 0, 0) < 0 || truncate("mode", 10) < 0)
		perror("mode");
	close(fd);
	chmod("absent", 0600);
}

static void mounts(void)
{
	mkdir("mountpoint", 0755);
	mount("none", "mountpoint", "tmpfs", MS_NOSUID | MS_NODEV, "size=64k");
	mount(NULL, "mountpoint", NULL, MS_REMOUNT | MS_RDONLY, NULL);
	umount2("mountpoint", MNT_DETACH);
	mount("none", "mountpoint", "no-such-type", 0, NULL);
	umount("mountpoint");
}

/* As fast as it goes: none may be missing, and all are alike. */
static void many_opens(void)
{
	touch("small");
	for (int i = 0; i < MANY_OPENS; i++)
		close(open("small", O_RDONLY));
}

const struct work_case work_files[] = {
	{ "path-odd", "names with blanks, quotes, newlines, UTF-8 and invalid bytes", odd_paths, NULL },
	{ "path-long", "a name of 255 bytes, a path of 4,095, and one too long", long_paths, NULL },
	{ "open-failed", "opens that fail, each for another reason", failing_opens, NULL },
	{ "relative", "names relative to a directory's descriptor", relative, NULL },
	{ "rename", "rename, renameat2, link, unlink, of files and directories", renames, NULL },
	{ "chmod", "modes, owners, truncate", modes, NULL },
	{ "mount", "mount, remount, umount, and a type that is not there", mounts, NULL },
	{ "many", "500 opens in a row", many_opens, NULL },
	{ NULL, NULL, NULL, NULL },
};
