#define _GNU_SOURCE
#include "tests/host/host_memory.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kernel/base/panic.h"

enum { NOWHERE = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE };

int host_file_create(size_t bytes)
{
	int file = memfd_create("ram", 0);
	if (file < 0 || ftruncate(file, (off_t)bytes) != 0)
		panic("host: no file in memory of %zu bytes", bytes);
	return file;
}

int host_file_copy(int file, size_t bytes)
{
	enum { PART = 1 << 16 };
	int copy = host_file_create(bytes);
	char *buffer = malloc(PART);
	off_t at = 0;
	ssize_t n;
	while (buffer && (size_t)at < bytes && (n = pread(file, buffer, PART, at)) > 0) {
		if (pwrite(copy, buffer, (size_t)n, at) != n)
			break;
		at += n;
	}
	free(buffer);
	if ((size_t)at < bytes)
		panic("host: file cannot be copied");
	return copy;
}

void *host_reserve(size_t bytes, size_t align)
{
	char *p = mmap(NULL, bytes + 2 * align, PROT_NONE, NOWHERE, -1, 0);
	if (p == MAP_FAILED)
		panic("host: no addresses for %zu bytes", bytes);
	return (void *)(((uintptr_t)p + align) & ~(align - 1));
}

void host_reserve_at(uintptr_t start, size_t bytes)
{
	void *p = mmap((void *)start, bytes, PROT_NONE, NOWHERE | MAP_FIXED_NOREPLACE, -1, 0);
	if (p != (void *)start)
		panic("host: addresses from 0x%lx on are in use", (unsigned long)start);
}

void host_map(void *at, size_t bytes, int file, size_t offset)
{
	void *p = mmap(at, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, file,
		       (off_t)offset);
	if (p == MAP_FAILED)
		panic("host: %zu bytes cannot be mapped at %p", bytes, at);
}

void host_unmap(void *at, size_t bytes)
{
	if (mmap(at, bytes, PROT_NONE, NOWHERE | MAP_FIXED, -1, 0) == MAP_FAILED)
		panic("host: %zu bytes cannot be unmapped at %p", bytes, at);
}
