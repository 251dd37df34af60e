/*
 * What a process has of the file system: open files, working directory, program file. Theory in
 * process_fs.c. Context: process.
 */
#ifndef KERNEL_FS_PROCESS_FS_H
#define KERNEL_FS_PROCESS_FS_H

struct inode;
struct process;

/* Processes get and lose their part from now on. Context: boot. */
void process_fs_init(void);
/* @p's program is @program from now on; NULL: it has none. */
void process_fs_set_program(struct process *p, struct inode *program);
/* The running thread's working directory, and that of all who share it; takes over a reference. */
void process_fs_chdir(struct inode *dir);

#endif
