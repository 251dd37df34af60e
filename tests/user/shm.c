/*
 * System V shared memory: keys, sizes, attaching and detaching, who is counted, and when a segment
 * goes. By ipc(2) and by the calls' own numbers.
 */
#include "lib/string.h"
#include "tests/user/testing.h"
#include "user/lib/print.h"
#include "user/lib/runtime.h"
#include "user/lib/syscall.h"

enum { IPC_CALL = 117, SHMGET = 395, SHMCTL, SHMAT, SHMDT };
enum { IPC_RMID, IPC_SET, IPC_STAT, IPC_INFO, SHM_STAT = 13, SHM_INFO, IPC_64 = 0x100 };
enum { IPC_CREAT = 01000, IPC_EXCL = 02000, RDONLY = 010000, ROUND = 020000, REMAP = 040000 };
enum { KEY = 0x4b455931, SIZE = 3 * PAGE + 100 };

struct status {
	int key;
	uint32_t ids[4];
	uint16_t mode, pad1, sequence, pad2;
	uint32_t unused1[2], size, times[6];
	int creator, last;
	uint32_t attached, unused2[2];
};

static char *shared;
static int id;

static long shmget(int key, size_t size, int flags)
{
	return linux_call(SHMGET, key, (long)size, flags, 0, 0, 0);
}

static char *shmat(int which, void *addr, int flags)
{
	return (char *)linux_call(SHMAT, which, (long)addr, flags, 0, 0, 0);
}

static long shmdt(void *addr)
{
	return linux_call(SHMDT, (long)addr, 0, 0, 0, 0, 0);
}

static long shmctl(int which, int command, void *buf)
{
	return linux_call(SHMCTL, which, command, (long)buf, 0, 0, 0);
}

static void show_at(const char *what, const char *at)
{
	show(what, sys_failed(at) ? (long)at : 0);
}

static void show_status_of(const char *what)
{
	struct status s;
	long error = shmctl(id, IPC_STAT, &s);

	if (error < 0)
		show(what, error);
	else
		printf("%s: size %u, mode %o, attached %u, key %s\n", what, s.size, s.mode,
		       s.attached, s.key == KEY ? "its own" : s.key ? "another" : "none");
}

static void test_getting(void)
{
	show("no such key", shmget(KEY, SIZE, 0600));
	show("size 0", shmget(KEY, 0, 0600 | IPC_CREAT));
	id = (int)shmget(KEY, SIZE, 0600 | IPC_CREAT | IPC_EXCL);
	show("create", id);
	show("create once more", shmget(KEY, SIZE, 0600 | IPC_CREAT | IPC_EXCL));
	show_truth("the key finds it", shmget(KEY, 0, 0) == id);
	show_truth("create means find", shmget(KEY, SIZE, 0600 | IPC_CREAT) == id);
	show("asking for more than it has", shmget(KEY, 2 * SIZE, 0));
	show_status_of("new");
	long other = shmget(0, PAGE, 0640);
	show("a private one", other);
	show_truth("is another", other != id);
	show("gone at once", shmctl((int)other, IPC_RMID, NULL));
	show("gone twice", shmctl((int)other, IPC_RMID, NULL));
}

static void test_refusals(void)
{
	show_at("attach nothing", shmat(-1, NULL, 0));
	show_at("attach an unknown id", shmat(id + 12345, NULL, 0));
	show_at("attach at an odd address", shmat(id, (char *)0x20000001, 0));
	show_at("attach over the program", shmat(id, (char *)((uintptr_t)&id & ~4095u), 0));
	show_at("remap to nowhere", shmat(id, NULL, REMAP));
	show("detach at an odd address", shmdt((char *)1));
	show("detach what is not attached", shmdt((char *)0x20000000));
	show("an unknown command", shmctl(id, 99, NULL));
	show("a bad buffer", shmctl(id, IPC_STAT, (void *)8));
	show("status of an unknown id", shmctl(id + 12345, IPC_STAT, NULL));
}

static void write_constant(void) { shared[0] = 'w'; }
static void read_it(void) { exit(shared[0]); }
static void write_beyond(void) { shared[4 * PAGE] = 'w'; }

static void child_detaches(void)
{
	show_status_of("after fork");
	shared[PAGE] = 'c';
	show("child detaches", shmdt(shared));
	show_status_of("in the child");
}

static void test_attaching(void)
{
	shared = shmat(id, NULL, 0);
	show_at("attach", shared);
	show_truth("is zero", bytes_are(shared, 4 * PAGE, 0));
	shared[PAGE] = 'p';
	char *again = shmat(id, NULL, RDONLY);
	show_truth("twice in one process", again != shared && again[PAGE] == 'p');
	show_status_of("attached twice");
	char *writable = shared;
	shared = again;
	show_child("write to the read-only one", write_constant);
	show("make it writable", sys_mprotect(again, PAGE, PROT_READ | PROT_WRITE));
	shared = writable;
	show_child("detach in a child", child_detaches);
	show_truth("the child wrote", again[PAGE] == 'c');
	show_status_of("when it has ended");
	show("detach the second", shmdt(again));
	show("detach it again", shmdt(again));
	char *rounded = shmat(id, (char *)0x20000123, ROUND);
	show_truth("rounded address", rounded == (char *)0x20000000);
	rounded = shmat(id, rounded, REMAP);
	show_truth("over itself", rounded == (char *)0x20000000 && rounded[PAGE] == 'c');
	show_status_of("over itself");
	show("unmap a page of it", sys_munmap(rounded + PAGE, PAGE));
	show_status_of("in two pieces");
	show("detach both", shmdt(rounded));
	show_status_of("one left");
	show_child("read it", read_it);
	show_child("write beyond its end", write_beyond);
}

static void test_settings(void)
{
	struct status s;

	shmctl(id, IPC_STAT, &s);
	s.mode = 0640;
	show("set the mode", shmctl(id, IPC_SET, &s));
	show_status_of("mode set");
	show_truth("told who made it", s.creator == sys_getpid());
	show_truth("told who touched it last", s.last != 0);
	show_truth("told when", s.times[0] != 0 && s.times[4] != 0);
}

static void test_removing(void)
{
	show("remove while attached", shmctl(id, IPC_RMID, NULL));
	show("the key is free", shmget(KEY, 0, 0));
	show_status_of("removed");
	shared[5] = 'x';
	char *late = shmat(id, NULL, 0);
	show_truth("can still be attached by its id", !sys_failed(late) && late[5] == 'x');
	show("detach", shmdt(late));
	show("detach the last", shmdt(shared));
	show_status_of("gone");
	show_at("attach it", shmat(id, NULL, 0));
}

static long ipc(int call, long first, long second, long third, void *pointer)
{
	return linux_call(IPC_CALL, call, first, second, third, (long)pointer, 0);
}

static void test_multiplexer(void)
{
	struct status s;
	struct {
		int key;
		uint16_t ids[4], mode, sequence;
		int size, times[3];
		uint16_t creator, last, attached, unused1;
		uint32_t unused2[2];
	} old;
	char *at = NULL;
	int which = (int)ipc(23, 0, 100, 0600, NULL);

	show("ipc: get", which);
	show("ipc: attach", ipc(21, which, 0, (long)&at, NULL));
	at[99] = 'x';
	show("ipc: status", ipc(24, which, IPC_STAT | IPC_64, 0, &s));
	printf("size %u, mode %o, attached %u\n", s.size, s.mode, s.attached);
	show("ipc: old status", ipc(24, which, IPC_STAT, 0, &old));
	printf("size %d, mode %o, attached %u\n", old.size, old.mode, old.attached);
	show("ipc: remove", ipc(24, which, IPC_RMID | IPC_64, 0, NULL));
	show("ipc: detach", ipc(22, 0, 0, 0, at));
	show("ipc: detach again", ipc(22, 0, 0, 0, at));
	show("ipc: status of what is gone", ipc(24, which, IPC_STAT | IPC_64, 0, &s));
	show("ipc: an unknown call", ipc(99, 0, 0, 0, NULL));
}

static void exec_self(void)
{
	char *argv[] = { (char *)"/tests/shm", (char *)"x", NULL }, *envp[] = { NULL };

	shmat(id, NULL, 0);
	sys_execve(argv[0], argv, envp);
}

int main(int argc, char **argv, char **envp)
{
	(void)argv;
	(void)envp;
	if (argc > 1)
		return 0;
	test_getting();
	test_refusals();
	test_attaching();
	test_settings();
	test_removing();
	test_multiplexer();
	id = (int)shmget(0, PAGE, 0600);
	show_child("attach and execute", exec_self);
	show_status_of("exec and exit detach");
	shmctl(id, IPC_RMID, NULL);
	show_status_of("removed");
	return 0;
}
