/*
 * Printing: standard output through one buffer, standard error without.
 *
 * Always true: bytes in the buffer were printed by this process and by no ancestor of it. fork()
 * would break that, so sys_fork() flushes first; a child that a signal kills loses its own half
 * line and nothing else.
 */
#include "lib/errno.h"
#include "lib/format.h"
#include "lib/string.h"
#include "user/lib/print.h"
#include "user/lib/runtime.h"
#include "user/lib/syscall.h"

static struct {
	char text[1024];
	size_t length;
	int error; /* of the first write that failed */
} output;

int write_all(int fd, const void *buf, size_t size)
{
	const char *p = buf;

	while (size > 0) {
		int n = sys_write(fd, p, size);
		if (n == -EINTR)
			continue;
		if (n < 0)
			return n;
		p += n;
		size -= (size_t)n;
	}
	return 0;
}

void print_flush(void)
{
	size_t length = output.length;

	output.length = 0;
	int error = length > 0 ? write_all(1, output.text, length) : 0;
	if (output.error == 0)
		output.error = error;
}

int print_error(void)
{
	print_flush();
	return output.error;
}

static void output_sink(void *context, const char *text, size_t length)
{
	(void)context;
	while (length > 0) {
		size_t n = MIN(length, sizeof(output.text) - output.length);
		memcpy(output.text + output.length, text, n);
		output.length += n;
		text += n;
		length -= n;
		if (output.length == sizeof(output.text))
			print_flush();
	}
}

void printf(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	format_to(output_sink, NULL, fmt, args);
	va_end(args);
	if (output.length > 0 && output.text[output.length - 1] == '\n')
		print_flush();
}

static void error_print(const char *fmt, va_list args)
{
	char text[512];
	int length = format_string_v(text, sizeof(text), fmt, args);

	print_flush();
	write_all(2, text, MIN((size_t)length, sizeof(text) - 1));
}

void eprintf(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	error_print(fmt, args);
	va_end(args);
}

void fail(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	error_print(fmt, args);
	va_end(args);
	exit(1);
}
