/* Names: folders, links, renaming, removing, and the errors of each. */
#include "lib/errno.h"
#include "lib/format.h"
#include "lib/string.h"
#include "tests/user/file_calls.h"
#include "tests/user/testing.h"
#include "user/lib/directory.h"
#include "user/lib/print.h"
#include "user/lib/runtime.h"

static char long_name[300];

static int touch(const char *path)
{
	int fd = sys_open(path, O_WRONLY | O_CREAT, 0644);

	return fd < 0 ? fd : sys_close(fd);
}

static void show_stat(const char *path)
{
	struct stat64 st;
	int error = (int)call2(CALL_lstat64, path, (long)&st);

	if (error)
		printf("%s: %s\n", path, error_text(error));
	else
		printf("%s: mode %o, links %u\n", path, st.mode, st.nlink);
}

static void show_open(const char *what, const char *path, int flags)
{
	int fd = sys_open(path, flags, 0644);

	show(what, fd);
	if (fd >= 0)
		sys_close(fd);
}

static void test_folders(void)
{
	show("mkdir", call2(CALL_mkdir, "d", 0777));
	show_stat("d");
	show("mkdir again", call2(CALL_mkdir, "d", 0777));
	show("mkdir with a slash", call2(CALL_mkdir, "d/e/", 0700));
	show_stat("d");
	show("mkdir in nothing", call2(CALL_mkdir, "x/y", 0700));
	show("mkdir of dots", call2(CALL_mkdir, "d/..", 0700));
	show("mkdir of the root", call2(CALL_mkdir, "/", 0700));
	touch("f");
	show("mkdir in a file", call2(CALL_mkdir, "f/g", 0700));
	show("mkdir with a long name", call2(CALL_mkdir, long_name, 0700));
	show("rmdir of a full one", call1(CALL_rmdir, "d"));
	show("rmdir of a file", call1(CALL_rmdir, "f"));
	show("rmdir of a dot", call1(CALL_rmdir, "d/."));
	show("rmdir of dots", call1(CALL_rmdir, "d/e/.."));
	show("rmdir of nothing", call1(CALL_rmdir, "n"));
	show("rmdir", call1(CALL_rmdir, "d/e"));
	show_stat("d");
	show("rmdir with a slash", call1(CALL_rmdir, "d/"));
	show_stat("d");
	show("unlink a folder", sys_unlink("/tmp"));
	show("unlink a file with a slash", sys_unlink("f/"));
	show("unlink", sys_unlink("f"));
	show("unlink again", sys_unlink("f"));
}

static void test_open(void)
{
	show_open("create with a slash", "new/", O_WRONLY | O_CREAT);
	show_open("create in nothing", "n/new", O_WRONLY | O_CREAT);
	show_open("create a folder's name", "/tmp", O_RDONLY | O_CREAT);
	show_open("create a dot", ".", O_RDWR | O_CREAT);
	touch("f");
	show_open("a file as a folder", "f", O_RDONLY | O_DIRECTORY);
	show_open("a file with a slash", "f/", O_RDONLY);
	call_two_paths(CALL_symlink, "f", "l");
	show_open("a link, not followed", "l", O_RDONLY | EXTRA_NOFOLLOW);
	show_open("a link, as a place", "l", EXTRA_NOFOLLOW | EXTRA_PATH);
	show_open("a link, exclusively", "l", O_WRONLY | O_CREAT | O_EXCL);
	call_two_paths(CALL_symlink, "target", "dangling");
	show_open("a dangling link", "dangling", O_RDONLY);
	show_open("create through it", "dangling", O_WRONLY | O_CREAT);
	show_stat("target");
	show_open("without a name", ".", O_RDWR | EXTRA_TMPFILE);
	sys_unlink("target");
	sys_unlink("dangling");
	sys_unlink("l");
	sys_unlink("f");
}

static void test_links(void)
{
	char buf[16] = { 0 };

	touch("f");
	show("link", call_two_paths(CALL_link, "f", "g"));
	show_stat("f");
	show("link over a name", call_two_paths(CALL_link, "f", "g"));
	show("link of nothing", call_two_paths(CALL_link, "n", "h"));
	show("link of a folder", call_two_paths(CALL_link, "/tmp", "h"));
	sys_unlink("f");
	show_stat("g");
	show("symlink", call_two_paths(CALL_symlink, "to/where", "s"));
	long n = linux_call(CALL_readlink, (long)"s", (long)buf, 4, 0, 0, 0);
	printf("readlink: %ld %s\n", n, buf);
	show("readlink of a file", linux_call(CALL_readlink, (long)"g", (long)buf, 4, 0, 0, 0));
	show("readlink into nothing", linux_call(CALL_readlink, (long)"s", (long)buf, 0, 0, 0, 0));
	show_stat("s");
	show("an empty target", call_two_paths(CALL_symlink, "", "e"));
	show("a link over a name", call_two_paths(CALL_symlink, "x", "s"));
	call_two_paths(CALL_symlink, "loop2", "loop1");
	call_two_paths(CALL_symlink, "loop1", "loop2");
	show_open("around and around", "loop1", O_RDONLY);
	show_open("and as a folder", "loop1/x", O_RDONLY);
	call_two_paths(CALL_symlink, ".", "here");
	show_open("a long way round", "here/here/here/here/here/g", O_RDONLY);
	show("rmdir of a link", call1(CALL_rmdir, "here/"));
	sys_unlink("loop1");
	sys_unlink("loop2");
	sys_unlink("here");
	sys_unlink("s");
	sys_unlink("g");
}

static long rename_how(const char *from, const char *to, long flags)
{
	return linux_call(CALL_renameat2, HERE, (long)from, HERE, (long)to, flags, 0);
}

static void test_rename(void)
{
	touch("a");
	touch("b");
	show("rename", call_two_paths(CALL_rename, "a", "c"));
	show_stat("a");
	show("over a file", call_two_paths(CALL_rename, "c", "b"));
	show_stat("c");
	show("of nothing", call_two_paths(CALL_rename, "c", "d"));
	show("onto itself", call_two_paths(CALL_rename, "b", "b"));
	call2(CALL_mkdir, "d", 0755);
	call2(CALL_mkdir, "d/e", 0755);
	show("a file over a folder", call_two_paths(CALL_rename, "b", "d"));
	show("a folder over a file", call_two_paths(CALL_rename, "d", "b"));
	show("a folder into itself", call_two_paths(CALL_rename, "d", "d/e/f"));
	show("a folder over its parent", call_two_paths(CALL_rename, "d/e", "d"));
	show("a file to a name with a slash", call_two_paths(CALL_rename, "b", "q/"));
	show("a folder to a name with a slash", call_two_paths(CALL_rename, "d/e", "q/"));
	show("a folder over an empty one", call_two_paths(CALL_rename, "q", "d"));
	show("a dot", call_two_paths(CALL_rename, "d/.", "q"));
	show("into nothing", call_two_paths(CALL_rename, "b", "n/b"));
	show("into a file", call_two_paths(CALL_rename, "d", "b/d"));
	show("to a long name", call_two_paths(CALL_rename, "b", long_name));
	show("not over a name", rename_how("b", "d", 1));
	show("one for the other", rename_how("b", "d", 2));
	show_stat("b");
	show_stat("d");
	show("rmdir", call1(CALL_rmdir, "b"));
	sys_unlink("d");
}

/* A folder that is removed while somebody is in it. */
static void test_removed_folder(void)
{
	char buf[64];

	call2(CALL_mkdir, "r", 0755);
	sys_chdir("r");
	show("remove it", call1(CALL_rmdir, "../r"));
	show("where are we", sys_getcwd(buf, sizeof(buf)));
	show("a file there", touch("f"));
	show("a folder there", call2(CALL_mkdir, "g", 0755));
	show_open("the place itself", ".", O_RDONLY);
	show("and back up", sys_chdir(".."));
	printf("getcwd: %d, %s\n", sys_getcwd(buf, sizeof(buf)), buf);
}

/* Many names, and removing each as it is listed. */
static void test_list(void)
{
	enum { COUNT = 500 };
	char name[32];
	int seen = 0, removed = 0;
	struct directory dir;

	call2(CALL_mkdir, "many", 0755);
	sys_chdir("many");
	for (int i = 0; i < COUNT; i++) {
		format_string(name, sizeof(name), "a-name-of-some-length-%d", i);
		touch(name);
	}
	directory_open(&dir, ".");
	for (const struct dirent64 *e = directory_next(&dir); e; e = directory_next(&dir)) {
		seen += e->name[0] == 'a';
		removed += e->name[0] == 'a' && sys_unlink(e->name) == 0;
	}
	directory_close(&dir);
	printf("seen %d, removed %d\n", seen, removed);
	sys_chdir("..");
	show("empty now", call1(CALL_rmdir, "many"));
}

static void test_attributes(void)
{
	touch("f");
	show("chmod", call2(CALL_chmod, "f", 04751));
	show_stat("f");
	show("chmod of nothing", call2(CALL_chmod, "n", 0));
	show("a fifo", linux_call(CALL_mknod, (long)"p", S_IFIFO | 0600, 0, 0, 0, 0));
	show_stat("p");
	show("a folder by mknod", linux_call(CALL_mknod, (long)"m", S_IFDIR | 0600, 0, 0, 0, 0));
	show_open("write it without a reader", "p", O_WRONLY | O_NONBLOCK);
	show_open("read it without a writer", "p", O_RDONLY | O_NONBLOCK);
	show("across file systems", call_two_paths(CALL_rename, "f", "/proc/f"));
	show("a lock", call2(CALL_flock, (void *)0, 2));
	sys_unlink("p");
	sys_unlink("f");
}

int main(int argc, char **argv, char **envp)
{
	(void)argc, (void)argv, (void)envp;
	memset(long_name, 'n', sizeof(long_name) - 1);
	show("a folder", call2(CALL_mkdir, "/tmp/files-names", 0755));
	sys_chdir("/tmp/files-names");
	test_folders();
	test_open();
	test_links();
	test_rename();
	test_removed_folder();
	test_list();
	test_attributes();
	sys_chdir("/");
	show("nothing left", call1(CALL_rmdir, "/tmp/files-names"));
	return 0;
}
