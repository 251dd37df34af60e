/*
 * What a process has of the file system: open files, working directory, program file. Theory in
 * process_fs.c. Context: process.
 */
#ifndef KERNEL_FS_PROCESS_FS_H
#define KERNEL_FS_PROCESS_FS_H

struct inode;

/* Processes get and lose their part from now on. Context: boot. */
void process_fs_init(void);
/* The running thread's working directory, and that of all who share it; takes over a reference. */
void process_fs_chdir(struct inode *dir);

#endif
