/*
 * The kernel's log: lines to the console, which is COM1 and the text screen.
 *
 * There is no buffer: a line is out when log_line returns, so the last line before a crash is
 * there. Interrupts are off while a line is written, so lines of interrupt handlers do not
 * fall into others. Reading the log back is the terminal's or the launcher's business.
 */
#include "kernel/base/log.h"

#include "drivers/serial.h"
#include "drivers/vga.h"
#include "kernel/x86/cpu.h"
#include "lib/format.h"
#include "lib/string.h"

static enum log_level log_limit = LOG_INFO;
static const char *const log_prefixes[] = { "error: ", "warning: ", "", "debug: " };

void log_set_level(enum log_level level)
{
	log_limit = level;
}

void log_write(const char *text, size_t n)
{
	unsigned flags = irq_save();
	size_t from = 0;
	for (size_t i = 0; i < n; i++) {
		if (text[i] != '\n')
			continue;
		serial_write(SERIAL_COM1, text + from, i - from);
		serial_write(SERIAL_COM1, "\r\n", 2);
		from = i + 1;
	}
	serial_write(SERIAL_COM1, text + from, n - from);
	vga_write(text, n);
	irq_restore(flags);
}

static void log_sink(void *context, const char *text, size_t n)
{
	(void)context;
	log_write(text, n);
}

void log_line(enum log_level level, const char *fmt, ...)
{
	if (level > log_limit)
		return;
	unsigned flags = irq_save();
	log_write(log_prefixes[level], strlen(log_prefixes[level]));
	va_list args;
	va_start(args, fmt);
	format_to(log_sink, NULL, fmt, args);
	va_end(args);
	log_write("\n", 1);
	irq_restore(flags);
}
