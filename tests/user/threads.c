/* Threads: one memory, one set of files and handlers, a word of its own each, one end for all. */
#include "lib/string.h"
#include "tests/user/signalling.h"
#include "user/lib/directory.h"
#include "user/lib/thread.h"

enum { THREADS = 6, ROUNDS = 3000, ETIMEDOUT = 110 };

static volatile int32_t lock, counter, gate;
static volatile uint32_t own_sum;
static volatile int *volatile nowhere = (volatile int *)8;
static volatile int same_pid, handled_by, tids_differ;

static int gettid(void)
{
	return (int)linux_call(NR_gettid, 0, 0, 0, 0, 0, 0);
}

static void add(void *argument)
{
	for (int i = 0; i < ROUNDS; i++) {
		mutex_lock(&lock);
		counter++;
		if (i % 500 == 0)
			sys_sched_yield();
		mutex_unlock(&lock);
		thread_set_own(thread_own() + 1);
	}
	mutex_lock(&lock);
	own_sum += thread_own();
	same_pid += sys_getpid() == *(int *)argument;
	tids_differ += gettid() != sys_getpid();
	mutex_unlock(&lock);
}

static void test_memory(void)
{
	struct thread t[THREADS];
	int pid = sys_getpid();

	for (uint32_t i = 0; i < THREADS; i++)
		if (thread_start(&t[i], add, &pid, i * 10000) != 0)
			fail("no thread\n");
	for (int i = 0; i < THREADS; i++)
		thread_join(&t[i]);
	printf("counted %d\n", counter);
	printf("own words %u\n", own_sum);
	printf("same pid %d, another tid %d\n", same_pid, tids_differ);
}

/* --- files and the working directory --- */

static int shared_fd;

static void open_file(void *argument)
{
	(void)argument;
	shared_fd = sys_open("/tests/data/text", O_RDONLY, 0);
	sys_chdir("/tests/data");
}

static volatile int pipe_ends[2];
static volatile long read_result;

static void read_pipe(void *argument)
{
	char c;

	(void)argument;
	gate = 1;
	read_result = sys_read(pipe_ends[0], &c, 1);
}

static void test_files(void)
{
	struct thread t;
	char c, path[64];
	int ends[2];

	thread_start(&t, open_file, NULL, 0);
	thread_join(&t);
	show("its file", sys_read(shared_fd, &c, 1));
	sys_getcwd(path, sizeof(path));
	printf("its directory: %s\n", path);
	sys_chdir("/");
	sys_pipe(ends);
	pipe_ends[0] = ends[0];
	gate = 0;
	thread_start(&t, read_pipe, NULL, 0);
	while (!gate)
		sys_sched_yield();
	await_thread_asleep(t.tid);
	/* Closed while a thread reads from it: the read goes on. */
	sys_close(ends[0]);
	sys_write(ends[1], "x", 1);
	thread_join(&t);
	printf("a read of a closed descriptor: %ld\n", read_result);
}

static void wait_at_gate(void *argument)
{
	(void)argument;
	while (gate)
		futex_wait(&gate, 1);
}

/* Every descriptor is looked at in one call, and more of them than any small table has room for. */
static void test_many_files(void)
{
	enum { MANY = 100 };
	struct directory dir;
	const struct dirent64 *entry;
	struct thread t;
	int fds[MANY], listed = 0;

	for (int i = 0; i < MANY; i++)
		fds[i] = sys_open("/tests/data/text", O_RDONLY, 0);
	gate = 1;
	thread_start(&t, wait_at_gate, NULL, 0);
	if (directory_open(&dir, "/proc/self/fd") != 0)
		fail("no list of descriptors\n");
	while ((entry = directory_next(&dir)) != NULL)
		listed += entry->name[0] != '.';
	directory_close(&dir);
	gate = 0;
	futex_wake(&gate, 1);
	thread_join(&t);
	show_truth("all its files are listed", listed > MANY);
	for (int i = 0; i < MANY; i++)
		sys_close(fds[i]);
}

/* --- signals --- */

static void note(int signo, struct siginfo *info, struct ucontext *context)
{
	(void)signo, (void)info, (void)context;
	handled_by = gettid();
}

static void wait_for_gate(void *argument)
{
	(void)argument;
	gate = gettid();
	while (gate)
		sys_nanosleep(0, 10000000);
}

static void test_signals(void)
{
	struct thread t;

	gate = 0;
	handle(SIGUSR1, note, 0, 0);
	thread_start(&t, wait_for_gate, NULL, 0);
	while (!gate)
		sys_sched_yield();
	handled_by = 0;
	show("tgkill", call(NR_tgkill, sys_getpid(), t.tid, SIGUSR1, 0));
	while (!handled_by)
		sys_sched_yield();
	show_truth("the thread took it", handled_by == t.tid);
	mask_change(SIG_BLOCK, signal_bit(SIGUSR1));
	handled_by = 0;
	raise(SIGUSR1);
	while (!handled_by)
		sys_sched_yield();
	show_truth("the one that does not block it took it", handled_by == t.tid);
	mask_change(SIG_SETMASK, 0);
	show("a thread that is not there", call(NR_tgkill, sys_getpid(), 99999, SIGUSR1, 0));
	gate = 0;
	thread_join(&t);
}

/* --- futexes --- */

static volatile int32_t word, other;
static volatile int woken;

static void sleep_on_word(void *argument)
{
	(void)argument;
	futex_wait(&word, 1);
	__atomic_add_fetch(&woken, 1, __ATOMIC_RELAXED);
}

static void test_futex(void)
{
	struct timespec time = { 0, 30000000 };
	struct thread t[4];

	word = 1;
	show("another value", futex_wait(&word, 2));
	show_truth("time passes",
		   call(NR_futex, (long)&word, FUTEX_WAIT, 1, (long)&time) == -ETIMEDOUT);
	show("nobody to wake", futex_wake(&word, 1));
	show("not a word's address", call(NR_futex, (long)&word + 1, FUTEX_WAIT, 1, 0));
	show("no memory", call(NR_futex, 4, FUTEX_WAIT, 1, 0));
	show("no such operation", call(NR_futex, (long)&word, 77, 1, 0));
	for (int i = 0; i < 4; i++)
		thread_start(&t[i], sleep_on_word, NULL, 0);
	for (int i = 0; i < 4; i++)
		await_thread_asleep(t[i].tid);
	printf("woken: %ld\n", futex_wake(&word, 1));
	printf("woken and moved: %ld\n",
	       linux_call(NR_futex, (long)&word, FUTEX_CMP_REQUEUE, 1, 1, (long)&other, 1));
	printf("with another value: %ld\n",
	       linux_call(NR_futex, (long)&word, FUTEX_CMP_REQUEUE, 1, 1, (long)&other, 2));
	printf("left on the first: %ld\n", futex_wake(&word, 9));
	printf("moved to the second: %ld\n", futex_wake(&other, 9));
	for (int i = 0; i < 4; i++)
		thread_join(&t[i]);
	printf("all woke up: %d\n", woken);
}

/* Between processes, by shared memory at two addresses. */
static void test_shared_futex(void)
{
	volatile int32_t *p = (volatile int32_t *)pages_shared(1);

	*p = 0;
	int pid = sys_fork();
	if (pid == 0) {
		volatile int32_t *q = linux_call(NR_mremap, (long)p, PAGE, PAGE, 3,
						 (long)0x60000000, 0) == 0x60000000 ?
			(volatile int32_t *)0x60000000 : p;
		await_asleep(sys_getppid());
		*q = 1;
		sys_exit(futex_wake(q, 1) == 1 ? 0 : 1);
	}
	while (*p == 0)
		futex_wait(p, 0);
	int status;
	sys_waitpid(pid, &status, 0);
	show_status("woken through another address", status);
}

/* --- ends --- */

static void run_for_ever(void *argument)
{
	(void)argument;
	for (;;)
		sys_nanosleep(1, 0);
}

static void spin_for_ever(void *argument)
{
	(void)argument;
	for (volatile int i = 0;; i++)
		;
}

static void leave_all(void *argument)
{
	(void)argument;
	sys_nanosleep(0, 30000000);
	sys_exit(33);
}

static void exit_from_thread(void)
{
	static struct thread a, b, c;

	thread_start(&a, run_for_ever, NULL, 0);
	thread_start(&b, spin_for_ever, NULL, 0);
	thread_start(&c, leave_all, NULL, 0);
	for (;;)
		sys_nanosleep(1, 0);
}

static void linger(void *argument)
{
	(void)argument;
	sys_nanosleep(0, 80000000);
	linux_call(1 /* exit */, 5, 0, 0, 0, 0, 0);
}

static void leader_first(void)
{
	static struct thread t;

	thread_start(&t, linger, NULL, 0);
	linux_call(1 /* exit */, 7, 0, 0, 0, 0, 0);
}

static void fault(void *argument)
{
	(void)argument;
	*nowhere = 1;
}

static void fault_in_thread(void)
{
	static struct thread a, b;

	thread_start(&a, run_for_ever, NULL, 0);
	thread_start(&b, fault, NULL, 0);
	for (;;)
		sys_nanosleep(1, 0);
}

static void exec_false(void *argument)
{
	char *argv[] = { "false", NULL }, *envp[] = { NULL };

	(void)argument;
	sys_execve("/bin/false", argv, envp);
}

static void exec_from_thread(void)
{
	static struct thread a, b;

	thread_start(&a, spin_for_ever, NULL, 0);
	thread_start(&b, exec_false, NULL, 0);
	for (;;)
		sys_nanosleep(1, 0);
}

static void fork_in_thread(void *argument)
{
	int status, pid = sys_fork();

	if (pid == 0)
		sys_exit(12);
	sys_waitpid(pid, &status, 0);
	*(int *)argument = status;
}

int main(int argc, char **argv, char **envp)
{
	(void)argc, (void)argv, (void)envp;
	struct thread t;
	int status = 0;

	test_memory();
	test_files();
	test_many_files();
	test_signals();
	test_futex();
	test_shared_futex();
	show_child("exit_group from a thread", exit_from_thread);
	show_child("the leader first", leader_first);
	show_child("a fault in a thread", fault_in_thread);
	show_child("execve in a thread", exec_from_thread);
	thread_start(&t, fork_in_thread, &status, 0);
	thread_join(&t);
	show_status("a thread's child", status);
	show("threads without shared handlers",
	     linux_call(NR_clone, CLONE_THREAD | CLONE_VM, 0, 0, 0, 0, 0));
	show("shared handlers without memory", linux_call(NR_clone, CLONE_SIGHAND, 0, 0, 0, 0, 0));
	return 0;
}
