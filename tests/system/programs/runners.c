/*
 * Four threads that always want to run, for a second; then how often the process came back into
 * its partition, as /proc/self/partition counts it.
 */
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { RUNNERS = 4, STACK = 64 << 10 };

static void *run(void *nothing)
{
	struct timespec start, now;
	clock_gettime(CLOCK_MONOTONIC, &start);
	do
		clock_gettime(CLOCK_MONOTONIC, &now);
	while (now.tv_sec - start.tv_sec - (now.tv_nsec < start.tv_nsec) < 1);
	return nothing;
}

int main(void)
{
	pthread_t threads[RUNNERS];
	pthread_attr_t attr;
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK);
	for (int i = 0; i < RUNNERS; i++)
		if (pthread_create(&threads[i], &attr, run, NULL) != 0)
			return 1;
	for (int i = 0; i < RUNNERS; i++)
		pthread_join(threads[i], NULL);
	char line[80];
	FILE *f = fopen("/proc/self/partition", "r");
	while (f && fgets(line, sizeof(line), f))
		if (strncmp(line, "rolled_in", 9) == 0)
			fputs(line, stdout);
	return 0;
}
