/* Jobs: pipelines that run, and how they ended. Theory in job.c. */
#ifndef USER_SH_JOB_H
#define USER_SH_JOB_H

#include "user/sh/parse.h"

struct job;

/* A job without processes yet, for this pipeline's text. NULL where too many run. */
struct job *job_create(const struct pipeline *p, bool background);
/* Child @pid belongs to @job; the last one added gives the job its status. */
void job_add(struct job *job, int pid);
/* The process group of the job: its first child, 0 before there is one. */
int job_group(const struct job *job);
/*
 * Give @job the terminal, wait until all its processes have ended, and forget it. Returns its exit
 * status.
 */
int job_wait(struct job *job);
/* "[1] 1234", for a job that goes to the background. */
void job_announce(const struct job *job);
/* Reap children that have ended, without waiting, and report background jobs that are done. */
void job_collect(void);
/* Print the jobs that run. */
void job_list(void);
/* Wait for every background job. */
void job_wait_all(void);
/* The job that process @pid belongs to, or job number @pid where it is negative; or NULL. */
struct job *job_find(int pid);
/* Another process's children are no jobs of ours: after fork. */
void job_forget_all(void);

#endif
