/* The handlers, by file; syscall_table.c gives them their numbers. All are syscall_fn. */
#ifndef KERNEL_SYSCALL_SYSCALL_CALLS_H
#define KERNEL_SYSCALL_SYSCALL_CALLS_H

#include "kernel/syscall/syscall.h"

/* syscall_process.c */
syscall_fn sys_exit, sys_exit_group, sys_fork, sys_vfork, sys_execve, sys_waitpid, sys_wait4,
	sys_waitid;
syscall_fn sys_getpid, sys_getppid, sys_getpgrp, sys_getpgid, sys_setpgid, sys_getsid,
	sys_setsid;
syscall_fn sys_umask, sys_prctl;

/* syscall_info.c */
syscall_fn sys_zero, sys_set_id, sys_set_id2, sys_set_id3, sys_get_ids16, sys_get_ids32,
	sys_getgroups;
syscall_fn sys_uname, sys_sysinfo, sys_getrusage, sys_getrandom;

/* syscall_limits.c */
syscall_fn sys_getrlimit, sys_old_getrlimit, sys_setrlimit, sys_prlimit64, sys_personality;

/* syscall_thread.c */
syscall_fn sys_clone, sys_gettid, sys_set_tid_address, sys_set_thread_area, sys_get_thread_area;
syscall_fn sys_futex, sys_futex_time64, sys_set_robust_list, sys_get_robust_list;
syscall_fn sys_sched_yield, sys_sched_getaffinity, sys_sched_setaffinity, sys_sched_setscheduler,
	sys_sched_getscheduler, sys_sched_setparam, sys_sched_getparam, sys_sched_get_priority_max,
	sys_sched_get_priority_min, sys_sched_rr_get_interval, sys_getpriority, sys_setpriority,
	sys_getcpu;

/* syscall_signal.c */
syscall_fn sys_sigaction, sys_rt_sigaction, sys_signal, sys_sigreturn, sys_rt_sigreturn,
	sys_sigaltstack;
syscall_fn sys_sigprocmask, sys_rt_sigprocmask, sys_sigpending, sys_rt_sigpending;
syscall_fn sys_pause, sys_sigsuspend, sys_rt_sigsuspend, sys_rt_sigtimedwait,
	sys_rt_sigtimedwait_time64;

/* syscall_kill.c */
syscall_fn sys_kill, sys_tkill, sys_tgkill, sys_rt_sigqueueinfo, sys_rt_tgsigqueueinfo;

/* syscall_poll.c */
syscall_fn sys_poll, sys_ppoll, sys_ppoll_time64, sys_select, sys_old_select, sys_pselect6,
	sys_pselect6_time64;

/* syscall_timer.c */
syscall_fn sys_alarm, sys_getitimer, sys_setitimer;

/* syscall_file.c */
syscall_fn sys_lseek, sys_llseek, sys_fsync;
syscall_fn sys_close, sys_dup, sys_dup2, sys_dup3, sys_pipe, sys_pipe2, sys_fcntl, sys_ioctl;

/* syscall_io.c */
syscall_fn sys_read, sys_write, sys_readv, sys_writev, sys_pread64, sys_pwrite64, sys_preadv,
	sys_pwritev, sys_sendfile, sys_sendfile64;

/* syscall_path.c */
syscall_fn sys_open, sys_openat, sys_creat, sys_access, sys_faccessat, sys_faccessat2, sys_chdir,
	sys_fchdir, sys_getcwd;
syscall_fn sys_readlink, sys_readlinkat, sys_getdents, sys_getdents64;

/* syscall_names.c */
syscall_fn sys_mkdir, sys_mkdirat, sys_mknod, sys_mknodat, sys_symlink, sys_symlinkat, sys_link,
	sys_linkat, sys_unlink, sys_unlinkat, sys_rmdir, sys_rename, sys_renameat, sys_renameat2,
	sys_mount, sys_umount;

/* syscall_attr.c */
syscall_fn sys_chmod, sys_fchmod, sys_fchmodat, sys_chown, sys_lchown, sys_fchown, sys_chown16,
	sys_lchown16, sys_fchown16, sys_fchownat, sys_utime, sys_utimes, sys_futimesat,
	sys_utimensat, sys_utimensat64;
syscall_fn sys_truncate, sys_truncate64, sys_ftruncate, sys_ftruncate64, sys_statfs, sys_fstatfs,
	sys_statfs64, sys_fstatfs64;

/* syscall_content.c */
syscall_fn sys_sync_file, sys_flock, sys_fadvise64, sys_fadvise64_64, sys_fallocate,
	sys_copy_file_range, sys_memfd_create;

/* syscall_stat.c */
syscall_fn sys_stat, sys_lstat, sys_fstat, sys_stat64, sys_lstat64, sys_fstat64, sys_fstatat64,
	sys_statx;

/* syscall_mm.c */
syscall_fn sys_brk, sys_mmap, sys_mmap2, sys_munmap, sys_mprotect, sys_mremap;

/* syscall_vm.c */
syscall_fn sys_mincore, sys_msync, sys_mlock, sys_mlock2, sys_munlock, sys_mlockall, sys_munlockall;
syscall_fn sys_madvise, sys_remap_file_pages;

/* syscall_shm.c */
syscall_fn sys_shmget, sys_shmctl, sys_shmat, sys_shmdt, sys_ipc;

/* syscall_time.c */
syscall_fn sys_time, sys_gettimeofday, sys_clock_gettime, sys_clock_gettime64, sys_clock_getres,
	sys_clock_getres_time64, sys_clock_settime;
syscall_fn sys_nanosleep, sys_clock_nanosleep, sys_clock_nanosleep_time64, sys_restart_syscall,
	sys_times;

#endif
