/*
 * What a program with the C library does: threads with variables of their own, signals, heap, maps,
 * fork. It prints the same wherever it runs, but for the last two lines, which a partition answers
 * in its own way: nothing is shared there, and a program bound to its place has no second one.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { STACK = 64 << 10, BLOCK = 100000 };

static __thread int mine = 7;
static volatile int got;

static void *thread(void *add)
{
	mine += *(int *)add;
	return (void *)(long)mine;
}

static void handler(int signo)
{
	got = signo;
}

static void try_thread(void)
{
	int add = 35;
	void *result = NULL;
	pthread_attr_t attr;
	pthread_t t;
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK);
	int error = pthread_create(&t, &attr, thread, &add);
	if (!error)
		pthread_join(t, &result);
	printf("thread: %s, its own %ld, ours %d\n", strerror(error), (long)result, mine);
}

static void try_heap(void)
{
	unsigned sum = 0;
	unsigned char *p = calloc(BLOCK, 1);
	for (unsigned i = 0; i < BLOCK; i++)
		sum += p[i];
	memset(p, 1, BLOCK);
	p = realloc(p, 2 * BLOCK);
	for (unsigned i = 0; i < BLOCK; i++)
		sum += p[i];
	free(p);
	char *m = mmap(NULL, BLOCK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	printf("heap: %u, map: %s, %d\n", sum, m == MAP_FAILED ? strerror(errno) : "ok",
	       m[BLOCK - 1]);
}

static void try_fork(void)
{
	int status = 0;
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		mine = 1;
		_exit(mine + 4);
	}
	if (pid < 0)
		printf("fork: %s\n", strerror(errno));
	else if (waitpid(pid, &status, 0) == pid)
		printf("fork: child %d, mine %d\n", WEXITSTATUS(status), mine);
}

int main(int argc, char **argv)
{
	printf("%d arguments, the last is %s, HOME is %s\n", argc, argv[argc - 1], getenv("HOME"));
	try_thread();
	signal(SIGUSR1, handler);
	raise(SIGUSR1);
	printf("signal: %d\n", got);
	try_heap();
	void *m = mmap(NULL, BLOCK, PROT_READ, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	printf("shared map: %s\n", m == MAP_FAILED ? strerror(errno) : "ok");
	try_fork();
	return 0;
}
