/* /proc: what programs ask it, in Linux's formats. */
#include "lib/errno.h"
#include "lib/format.h"
#include "lib/string.h"
#include "tests/user/file_calls.h"
#include "tests/user/testing.h"
#include "user/lib/directory.h"
#include "user/lib/print.h"
#include "user/lib/runtime.h"
#include "user/lib/thread.h"

static char text[16384];

/* The file's text; its length, or an error. */
static int take(const char *path)
{
	int fd = sys_open(path, O_RDONLY, 0), n = 0, got = 1;

	if (fd < 0)
		return fd;
	while (got > 0 && n < (int)sizeof(text) - 1) {
		got = sys_read(fd, text + n, 100);
		n += got > 0 ? got : 0;
	}
	text[n] = 0;
	sys_close(fd);
	return got < 0 ? got : n;
}

/* Does the text hold @part? */
static bool holds(const char *part)
{
	size_t n = strlen(part);

	for (const char *at = text; *at; at++)
		if (strncmp(at, part, n) == 0)
			return true;
	return false;
}

static unsigned count_words(const char *path)
{
	unsigned n = 0;

	take(path);
	for (const char *at = text; *at; at++)
		n += *at != ' ' && *at != '\n' && (at[1] == ' ' || at[1] == '\n' || !at[1]);
	return n;
}

static void show_holds(const char *path, const char *part)
{
	int n = take(path);

	printf("%s, %s: %s\n", path, part, n < 0 ? error_text(n) : holds(part) ? "yes" : "no");
}

static void show_link(const char *path)
{
	char buf[64] = { 0 };
	long n = linux_call(CALL_readlink, (long)path, (long)buf, sizeof(buf) - 1, 0, 0, 0);

	printf("%s: %s\n", path, n < 0 ? error_text((int)n) : buf);
}

static void test_self(void)
{
	char name[64];

	show_link("/proc/self/exe");
	show_link("/proc/self/cwd");
	show_link("/proc/self/root");
	format_string(name, sizeof(name), "/proc/%d/exe", sys_getpid());
	show_truth("by number", linux_call(CALL_readlink, (long)name, (long)text, 64, 0, 0, 0) > 0);
	printf("comm: %d, ", take("/proc/self/comm"));
	printf("%s", text);
	printf("cmdline: %d, ", take("/proc/self/cmdline"));
	printf("%s\n", text);
	show_holds("/proc/self/maps", "/tests/proc\n");
	show_holds("/proc/self/maps", "[stack]\n");
	show_holds("/proc/self/maps", " r-xp ");
	show_holds("/proc/self/smaps", "Rss:");
	show_holds("/proc/self/status", "Name:\tproc\n");
	show_holds("/proc/self/status", "State:\tR (running)\n");
	show_holds("/proc/self/status", "Threads:\t1\n");
	show_holds("/proc/self/status", "VmRSS:\t");
	show_holds("/proc/self/stat", " (proc) R ");
	show_truth("statm", take("/proc/self/statm") > 10);
	printf("words of stat: %u, of statm: %u\n", count_words("/proc/self/stat"),
	       count_words("/proc/self/statm"));
	show_holds("/proc/self/status", "VmSwap:\t");
	show_holds("/proc/self/status", "RssAnon:\t");
	show_holds("/proc/self/status", "CapEff:\t");
	show_holds("/proc/self/limits", "Max open files            ");
	show_holds("/proc/self/smaps_rollup", "[rollup]\n");
	show_truth("oom_score", take("/proc/self/oom_score") >= 2);
}

static void test_descriptors(void)
{
	char buf[8] = { 0 };
	int fd = sys_open("/etc/motd", O_RDONLY, 0), again;
	struct stat64 st, st2;
	struct directory dir;
	int count = 0;

	sys_dup2(fd, 9);
	show_link("/proc/self/fd/9");
	sys_read(9, buf, 4);
	again = sys_open("/proc/self/fd/9", O_RDONLY, 0);
	show("open it by its number", again);
	printf("starts at %d\n", sys_lseek(again, 0, SEEK_CUR));
	sys_fstat(9, &st);
	sys_fstat(again, &st2);
	show_truth("the same file", st.ino == st2.ino);
	show("one that is not open", sys_open("/proc/self/fd/77", O_RDONLY, 0));
	directory_open(&dir, "/proc/self/fd");
	for (const struct dirent64 *e = directory_next(&dir); e; e = directory_next(&dir))
		count += strcmp(e->name, "9") == 0 || strcmp(e->name, "0") == 0;
	directory_close(&dir);
	printf("listed: %d of 2\n", count);
	sys_close(again);
	sys_close(9);
	sys_close(fd);
}

static void test_machine(void)
{
	static const char *const keys[] = {
		"MemTotal:", "MemFree:", "MemAvailable:", "Buffers:", "Cached:", "SwapTotal:",
		"SwapFree:", "Active(anon):", "Mapped:", "Shmem:", "Slab:", "PageTables:",
		"Committed_AS:", "VmallocTotal:", "HugePages_Total:", "Hugepagesize:",
	};
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		show_holds("/proc/meminfo", keys[i]);
	show_holds("/proc/stat", "cpu  ");
	show_holds("/proc/stat", "btime ");
	show_holds("/proc/vmstat", "nr_free_pages ");
	show_holds("/proc/vmstat", "nr_shmem ");
	show_holds("/proc/vmstat", "pgfault ");
	show_holds("/proc/vmstat", "pswpout ");
	show_holds("/proc/swaps", "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n");
	show_holds("/proc/cpuinfo", "processor\t: 0\n");
	show_holds("/proc/filesystems", "nodev\tproc\n");
	show_holds("/proc/sys/kernel/ostype", "Linux\n");
	show_holds("/proc/sys/vm/swappiness", "\n");
	show_holds("/proc/sys/vm/min_free_kbytes", "\n");
	show_holds("/proc/zoneinfo", "  pages free     ");
	show_holds("/proc/buddyinfo", "Node 0, zone ");
	show_truth("uptime", take("/proc/uptime") > 0);
	show_truth("loadavg", take("/proc/loadavg") > 0);
	take("/proc/version");
	show_truth("version", strncmp(text, "Linux version ", 14) == 0);
}

static volatile int32_t thread_goes_on;

static void thread_waits(void *argument)
{
	(void)argument;
	while (!thread_goes_on)
		futex_wait(&thread_goes_on, 0);
}

static int count_tasks(void)
{
	struct directory dir;
	int count = 0;

	directory_open(&dir, "/proc/self/task");
	for (const struct dirent64 *e = directory_next(&dir); e; e = directory_next(&dir))
		count += e->name[0] != '.';
	directory_close(&dir);
	return count;
}

static void test_threads(void)
{
	struct thread t;
	char name[64], tgid[32];

	show("a thread", thread_start(&t, thread_waits, NULL, 0));
	printf("tasks: %d\n", count_tasks());
	format_string(name, sizeof(name), "/proc/self/task/%d/status", t.tid);
	format_string(tgid, sizeof(tgid), "Tgid:\t%d\n", sys_getpid());
	take(name);
	show_truth("its status names the process", holds(tgid));
	format_string(tgid, sizeof(tgid), "Pid:\t%d\n", t.tid);
	show_truth("and itself", holds(tgid));
	show_holds("/proc/self/status", "Threads:\t2\n");
	thread_goes_on = 1;
	futex_wake(&thread_goes_on, 1);
	thread_join(&t);
	printf("tasks: %d\n", count_tasks());
}

static void test_errors(void)
{
	show("no such process", sys_open("/proc/999999/maps", O_RDONLY, 0));
	show("no such file", sys_open("/proc/nothing", O_RDONLY, 0));
	show("a new file", sys_open("/proc/new", O_WRONLY | O_CREAT, 0644));
	show("a new folder", call2(CALL_mkdir, "/proc/new", 0755));
	show("remove one", sys_unlink("/proc/version"));
	show("rename one", call_two_paths(CALL_rename, "/proc/version", "/proc/v"));
	show("read a folder", sys_read(sys_open("/proc/self", O_RDONLY, 0), text, 1));
}

int main(int argc, char **argv, char **envp)
{
	(void)argc, (void)argv, (void)envp;
	sys_chdir("/etc");
	test_self();
	test_descriptors();
	test_machine();
	test_threads();
	test_errors();
	return 0;
}
