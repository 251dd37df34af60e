/*
 * Formatting: what printf does, without floating point and without memory of its own.
 *
 * The output goes piece by piece to a sink: the log writes it to ports, format_string to a buffer.
 * Nothing is collected first, so that a panic can print from a broken machine, on a small stack. A
 * conversion is read into a struct format_spec, then printed; an unknown one is printed unchanged.
 */
#include "lib/format.h"

#include "lib/string.h"

enum {
	FORMAT_DIGITS = 24, /* 2^64 in octal has 22 */
	FORMAT_WIDEST = 9999,
};

struct format_spec {
	bool left;	/* - */
	bool zero;	/* 0 */
	bool plus;	/* + */
	int width;
	int precision;	/* -1: none given */
	int longs;	/* how many l; z is one, as size_t is as long as long */
};

struct format_out {
	format_sink *sink;
	void *context;
};

static void format_put(const struct format_out *out, const char *text, size_t length)
{
	if (length > 0)
		out->sink(out->context, text, length);
}

static void format_repeat(const struct format_out *out, char c, int times)
{
	for (; times > 0; times--)
		format_put(out, &c, 1);
}

/* @text, padded with blanks to the width. */
static void format_padded(const struct format_out *out, const struct format_spec *spec,
			  const char *text, size_t length)
{
	int blanks = spec->width - (int)length;
	if (!spec->left)
		format_repeat(out, ' ', blanks);
	format_put(out, text, length);
	if (spec->left)
		format_repeat(out, ' ', blanks);
}

static size_t format_digits(char *end, uint64_t value, unsigned base, bool upper)
{
	const char *digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
	char *p = end;
	for (; value; value /= base) {
		p--;
		*p = digits[value % base];
	}
	return (size_t)(end - p);
}

/* @prefix is a sign or 0x; zeroes for width or precision stand behind it. */
static void format_number(const struct format_out *out, const struct format_spec *spec,
			  const char *prefix, uint64_t value, unsigned base, bool upper)
{
	char buffer[FORMAT_DIGITS];
	char *end = buffer + sizeof(buffer);
	int ndigits = (int)format_digits(end, value, base, upper);
	int nprefix = (int)strlen(prefix);
	int least = spec->precision < 0 ? 1 : spec->precision;
	if (spec->zero && !spec->left && spec->precision < 0)
		least = MAX(least, spec->width - nprefix);
	int zeroes = MAX(least - ndigits, 0);
	int blanks = spec->width - nprefix - zeroes - ndigits;
	if (!spec->left)
		format_repeat(out, ' ', blanks);
	format_put(out, prefix, (size_t)nprefix);
	format_repeat(out, '0', zeroes);
	format_put(out, end - ndigits, (size_t)ndigits);
	if (spec->left)
		format_repeat(out, ' ', blanks);
}

static void format_signed(const struct format_out *out, const struct format_spec *spec,
			  int64_t value)
{
	if (value < 0)
		format_number(out, spec, "-", 0 - (uint64_t)value, 10, false);
	else
		format_number(out, spec, spec->plus ? "+" : "", (uint64_t)value, 10, false);
}

static void format_text(const struct format_out *out, const struct format_spec *spec,
			const char *text)
{
	if (!text)
		text = "(null)";
	size_t max = spec->precision < 0 ? SIZE_MAX : (size_t)spec->precision;
	format_padded(out, spec, text, strnlen(text, max));
}

/* Nobody needs more, and its negative is still a number. */
static int format_clamp(int number)
{
	number = MIN(number, FORMAT_WIDEST);
	return MAX(number, -FORMAT_WIDEST);
}

/* Decimal digits at *@fmt, which moves behind them. */
static int format_read_number(const char **fmt)
{
	int number = 0;
	for (; **fmt >= '0' && **fmt <= '9'; (*fmt)++)
		number = format_clamp(number * 10 + (**fmt - '0'));
	return number;
}

static const char *format_read_flags(const char *fmt, struct format_spec *spec)
{
	for (;; fmt++) {
		if (*fmt == '-')
			spec->left = true;
		else if (*fmt == '0')
			spec->zero = true;
		else if (*fmt == '+')
			spec->plus = true;
		else
			return fmt;
	}
}

/* The arguments' list, in a struct so that it can be handed on by address. */
struct format_args {
	va_list list;
};

/* Reads all between % and the conversion letter; returns where that is. */
static const char *format_read_spec(const char *fmt, struct format_spec *spec,
				    struct format_args *args)
{
	*spec = (struct format_spec){ .precision = -1 };
	fmt = format_read_flags(fmt, spec);
	if (*fmt == '*') {
		int width = format_clamp(va_arg(args->list, int));
		spec->left = spec->left || width < 0;
		spec->width = width < 0 ? -width : width;
		fmt++;
	} else {
		spec->width = format_read_number(&fmt);
	}
	if (*fmt == '.') {
		fmt++;
		if (*fmt == '*') {
			int precision = format_clamp(va_arg(args->list, int));
			spec->precision = MAX(precision, -1);
			fmt++;
		} else {
			spec->precision = format_read_number(&fmt);
		}
	}
	for (; *fmt == 'l' || *fmt == 'z'; fmt++)
		spec->longs++;
	return fmt;
}

static uint64_t format_unsigned_arg(const struct format_spec *spec, struct format_args *args)
{
	if (spec->longs >= 2)
		return va_arg(args->list, unsigned long long);
	return spec->longs ? va_arg(args->list, unsigned long) : va_arg(args->list, unsigned);
}

static int64_t format_signed_arg(const struct format_spec *spec, struct format_args *args)
{
	if (spec->longs >= 2)
		return va_arg(args->list, long long);
	return spec->longs ? va_arg(args->list, long) : va_arg(args->list, int);
}

static void format_pointer(const struct format_out *out, const struct format_spec *spec,
			   uintptr_t value)
{
	struct format_spec whole = *spec;
	whole.precision = 2 * sizeof(void *);
	format_number(out, &whole, "0x", value, 16, false);
}

/* Print one conversion. False: @letter is none. */
static bool format_convert(const struct format_out *out, char letter,
			   const struct format_spec *spec, struct format_args *args)
{
	char c;
	switch (letter) {
	case 'd': case 'i':
		format_signed(out, spec, format_signed_arg(spec, args));
		return true;
	case 'u':
		format_number(out, spec, "", format_unsigned_arg(spec, args), 10, false);
		return true;
	case 'o':
		format_number(out, spec, "", format_unsigned_arg(spec, args), 8, false);
		return true;
	case 'x': case 'X':
		format_number(out, spec, "", format_unsigned_arg(spec, args), 16, letter == 'X');
		return true;
	case 'p':
		format_pointer(out, spec, (uintptr_t)va_arg(args->list, void *));
		return true;
	case 's':
		format_text(out, spec, va_arg(args->list, const char *));
		return true;
	case 'c':
		c = (char)va_arg(args->list, int);
		format_padded(out, spec, &c, 1);
		return true;
	case '%':
		format_put(out, "%", 1);
		return true;
	default:
		return false;
	}
}

void format_to(format_sink *sink, void *context, const char *fmt, va_list args)
{
	struct format_out out = { sink, context };
	struct format_args rest;
	va_copy(rest.list, args);
	while (*fmt) {
		const char *percent = fmt;
		while (*percent && *percent != '%')
			percent++;
		format_put(&out, fmt, (size_t)(percent - fmt));
		fmt = percent;
		if (!*fmt)
			break;
		struct format_spec spec;
		const char *letter = format_read_spec(fmt + 1, &spec, &rest);
		if (*letter)
			fmt = letter + 1;
		else
			fmt = letter;
		if (!format_convert(&out, *letter, &spec, &rest))
			format_put(&out, percent, (size_t)(fmt - percent));
	}
	va_end(rest.list);
}

/* A buffer that counts what would have gone into it. */
struct format_buffer {
	char *text;
	size_t size;
	size_t length;
};

static void format_to_buffer(void *context, const char *text, size_t length)
{
	struct format_buffer *b = context;
	if (b->length + 1 < b->size)
		memcpy(b->text + b->length, text, MIN(length, b->size - 1 - b->length));
	b->length += length;
}

int format_string_v(char *buf, size_t size, const char *fmt, va_list args)
{
	struct format_buffer b = { buf, size, 0 };
	format_to(format_to_buffer, &b, fmt, args);
	if (size > 0)
		buf[MIN(b.length, size - 1)] = '\0';
	return (int)b.length;
}

int format_string(char *buf, size_t size, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	int length = format_string_v(buf, size, fmt, args);
	va_end(args);
	return length;
}
