/*
 * The kernel's log: lines to the console. The drivers register its sinks (log_add_sink): COM1 and
 * the text screen.
 *
 * There is no buffer: a line is out when log_line returns, so the last line before a crash is seen.
 * Interrupts are off while a line is written, so an interrupt handler's lines are not mixed into
 * others. Reading the log back is the terminal's or the launcher's business.
 */
#include "kernel/base/log.h"

#include "kernel/x86/cpu.h"
#include "lib/assert.h"
#include "lib/format.h"
#include "lib/string.h"

enum { LOG_SINKS_MAX = 2 };

static void (*log_sinks[LOG_SINKS_MAX])(const char *text, size_t n);
static unsigned log_nsinks;
static enum log_level log_limit = LOG_INFO;
static const char *const log_prefixes[] = { "error: ", "warning: ", "", "debug: " };

void log_add_sink(void (*write)(const char *text, size_t n))
{
	ASSERT(log_nsinks < LOG_SINKS_MAX);
	log_sinks[log_nsinks] = write;
	log_nsinks++;
}

void log_set_level(enum log_level level)
{
	log_limit = level;
}

void log_write(const char *text, size_t n)
{
	unsigned flags = irq_save();
	for (unsigned i = 0; i < log_nsinks; i++)
		log_sinks[i](text, n);
	irq_restore(flags);
}

static void log_put(void *context, const char *text, size_t n)
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
	format_to(log_put, NULL, fmt, args);
	va_end(args);
	log_write("\n", 1);
	irq_restore(flags);
}
