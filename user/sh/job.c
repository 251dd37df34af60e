/*
 * Jobs: pipelines that run, and how they ended.
 *
 * The kernel reports which child ended, not which pipeline; the table here connects the two. Every
 * child the shell reaps is looked up and subtracted from its job; a job is done when none of its
 * processes is left, and its status is that of its last process, as in every shell.
 *
 * Whoever is waited for has the terminal: ^C ends that job, so the shell never hangs on one.
 *
 * Always true:
 *   [job.1]  every child of the shell is in exactly one job
 *   [job.2]  a job's number is its place in the table plus one, and stays while the job runs
 */
#include "lib/string.h"
#include "user/lib/print.h"
#include "user/lib/syscall.h"
#include "user/sh/job.h"

enum { JOBS_MAX = 16, JOB_TEXT = 64 };

struct job {
	bool used, background;
	int pids[PIPE_MAX];     /* 0: has ended */
	int npids;
	int running;
	int status;             /* of the last process, as waitpid gives it */
	char text[JOB_TEXT];
};

static struct job jobs[JOBS_MAX];

static int job_number(const struct job *job)
{
	return (int)(job - jobs) + 1;
}

/* An unused entry, or that of a job which has ended and which nobody has asked for. */
static struct job *job_place(void)
{
	for (int i = 0; i < JOBS_MAX; i++)
		if (!jobs[i].used)
			return &jobs[i];
	job_collect();
	for (int i = 0; i < JOBS_MAX; i++)
		if (!jobs[i].used || jobs[i].running == 0)
			return &jobs[i];
	return NULL;
}

struct job *job_create(const struct pipeline *p, bool background)
{
	struct job *job = job_place();

	if (!job) {
		eprintf("sh: too many jobs\n");
		return NULL;
	}
	*job = (struct job){ .used = true, .background = background };
	string_copy(job->text, p->text, MIN(p->text_length + 1, (size_t)JOB_TEXT));
	return job;
}

void job_add(struct job *job, int pid)
{
	job->pids[job->npids] = pid;
	job->npids++;
	job->running++;
}

int job_group(const struct job *job)
{
	return job->npids ? job->pids[0] : 0;
}

static int job_exit_status(const struct job *job)
{
	if (wait_exited(job->status))
		return wait_exit_status(job->status);
	return STATUS_SIGNAL + wait_signal(job->status);
}

/* Child @pid has ended. */
static void job_note(int pid, int status)
{
	for (int i = 0; i < JOBS_MAX; i++) {
		struct job *job = &jobs[i];
		for (int n = 0; job->used && n < job->npids; n++) {
			if (job->pids[n] != pid || job->running == 0)
				continue;
			job->running--;
			if (n == job->npids - 1)
				job->status = status;
			return;
		}
	}
}

/* A foreground job's death is reported unless the user caused it by a key or a closed pipe. */
static void job_tell_death(const struct job *job)
{
	int signo = wait_signal(job->status);

	if (signo == SIGINT && shell.interactive)
		eprintf("\n");
	else if (signo != 0 && signo != SIGINT && signo != SIGPIPE)
		eprintf("%s%s\n", signal_text(signo), job->status & 0x80 ? " (core dumped)" : "");
}

static void terminal_give(int group)
{
	if (shell.interactive)
		sys_ioctl(0, TIOCSPGRP, &group);
}

int job_wait(struct job *job)
{
	terminal_give(job_group(job));
	while (job->running > 0) {
		int status;
		int pid = sys_waitpid(-1, &status, 0);
		if (pid > 0)
			job_note(pid, status);
		else
			job->running = 0; /* somebody else collected them */
	}
	terminal_give(shell.group);
	if (shell.interactive || !job->background)
		job_tell_death(job);
	job->used = false;
	return job_exit_status(job);
}

void job_announce(const struct job *job)
{
	eprintf("[%d] %d\n", job_number(job), job->pids[job->npids - 1]);
}

static void job_report(const struct job *job)
{
	int number = job_number(job), status = job->status;
	int signo = wait_signal(status);

	if (signo)
		eprintf("[%d]  %s  %s\n", number, signal_text(signo), job->text);
	else if (wait_exit_status(status))
		eprintf("[%d]  Exit %d  %s\n", number, wait_exit_status(status), job->text);
	else
		eprintf("[%d]  Done  %s\n", number, job->text);
}

void job_collect(void)
{
	int status, pid;

	while ((pid = sys_waitpid(-1, &status, WNOHANG)) > 0)
		job_note(pid, status);
	for (int i = 0; i < JOBS_MAX; i++) {
		if (!jobs[i].used || !jobs[i].background || jobs[i].running > 0)
			continue;
		if (shell.interactive) {
			job_report(&jobs[i]);
			jobs[i].used = false;
		}
	}
}

void job_list(void)
{
	for (int i = 0; i < JOBS_MAX; i++)
		if (jobs[i].used && jobs[i].running > 0)
			printf("[%d]  Running  %d  %s\n", i + 1,
			       jobs[i].pids[jobs[i].npids - 1], jobs[i].text);
}

void job_wait_all(void)
{
	for (int i = 0; i < JOBS_MAX; i++)
		if (jobs[i].used && jobs[i].background)
			job_wait(&jobs[i]);
}

struct job *job_find(int pid)
{
	for (int i = 0; i < JOBS_MAX; i++) {
		if (!jobs[i].used)
			continue;
		if (pid == -(i + 1))
			return &jobs[i];
		for (int n = 0; n < jobs[i].npids; n++)
			if (jobs[i].pids[n] == pid)
				return &jobs[i];
	}
	return NULL;
}

void job_forget_all(void)
{
	for (int i = 0; i < JOBS_MAX; i++)
		jobs[i].used = false;
}
