/*
 * Time of day and time since boot.
 *
 * The date is read once, from the battery-backed clock; from then on the timer's ticks are the only
 * clock. The battery-backed clock counts in BCD or binary, 12 or 24 hours, and may change while it
 * is read: two equal readings outside its update are trusted.
 * Left out: time below a tick.
 * Source: Motorola MC146818A data sheet.
 */
#include "kernel/proc/wallclock.h"

#include "kernel/proc/sched.h"
#include "kernel/x86/cpu.h"
#include "lib/string.h"

enum { RTC_INDEX = 0x70, RTC_DATA = 0x71, RTC_TRIES = 100000, NS_PER_TICK = 1000000000 / SCHED_HZ };
enum {
	RTC_SECOND = 0, RTC_MINUTE = 2, RTC_HOUR = 4, RTC_DAY = 7, RTC_MONTH = 8, RTC_YEAR = 9,
	RTC_A = 10, RTC_B = 11,
};
enum { RTC_A_UPDATING = 0x80, RTC_B_24H = 2, RTC_B_BINARY = 4, RTC_PM = 0x80 };

struct rtc_reading {
	uint8_t second, minute, hour, day, month, year;
};

static uint64_t clock_boot_seconds;

static uint8_t rtc_register(uint8_t index)
{
	cpu_out8(RTC_INDEX, index);
	return cpu_in8(RTC_DATA);
}

static struct rtc_reading rtc_read_once(void)
{
	return (struct rtc_reading){
		rtc_register(RTC_SECOND), rtc_register(RTC_MINUTE), rtc_register(RTC_HOUR),
		rtc_register(RTC_DAY), rtc_register(RTC_MONTH), rtc_register(RTC_YEAR),
	};
}

static struct rtc_reading rtc_read(void)
{
	struct rtc_reading first, second;
	int tries = RTC_TRIES;
	do {
		while (rtc_register(RTC_A) & RTC_A_UPDATING && tries > 0)
			tries--;
		first = rtc_read_once();
		second = rtc_read_once();
		tries--;
	} while (tries > 0 && memcmp(&first, &second, sizeof(first)) != 0);
	return second;
}

static unsigned rtc_number(uint8_t value, bool binary)
{
	return binary ? value : (value >> 4) * 10u + (value & 15u);
}

static unsigned rtc_hour(uint8_t value, uint8_t format)
{
	unsigned hour = rtc_number(value & 0x7f, format & RTC_B_BINARY);
	if (format & RTC_B_24H)
		return rtc_number(value, format & RTC_B_BINARY);
	return hour % 12 + (value & RTC_PM ? 12 : 0);
}

/* Days from 1970 to the first of @month (1..12) of @year. */
static uint32_t clock_days(uint32_t year, uint32_t month)
{
	static const uint16_t before[12] = {
		0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334
	};
	uint32_t past = year - 1; /* whole years, for their leap days */
	uint32_t leaps = past / 4 - past / 100 + past / 400 - (1969 / 4 - 1969 / 100 + 1969 / 400);
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
	return (year - 1970) * 365 + leaps + before[month - 1] + (leap && month > 2);
}

void clock_init(void)
{
	struct rtc_reading r = rtc_read();
	uint8_t format = rtc_register(RTC_B);
	bool binary = format & RTC_B_BINARY;
	unsigned month = rtc_number(r.month, binary), day = rtc_number(r.day, binary);
	if (month < 1 || month > 12 || day < 1 || day > 31)
		return; /* no such clock: assume 1970 */
	uint32_t days = clock_days(2000 + rtc_number(r.year, binary), month) + day - 1;
	clock_boot_seconds = (uint64_t)days * 86400 + rtc_hour(r.hour, format) * 3600u +
			     rtc_number(r.minute, binary) * 60u + rtc_number(r.second, binary);
	clock_boot_seconds -= sched_ticks() / SCHED_HZ;
}

struct clock_time clock_since_boot(void)
{
	uint64_t ticks = sched_ticks();
	return (struct clock_time){ ticks / SCHED_HZ, (uint32_t)(ticks % SCHED_HZ) * NS_PER_TICK };
}

struct clock_time clock_of_day(void)
{
	struct clock_time t = clock_since_boot();
	t.seconds += clock_boot_seconds;
	return t;
}

/* The current tick has already begun, so it does not count. */
uint64_t clock_tick_after(struct clock_time wait)
{
	uint64_t ticks = (wait.nanoseconds + NS_PER_TICK - 1) / NS_PER_TICK;
	if (wait.seconds == 0 && ticks == 0)
		return sched_ticks();
	return sched_ticks() + wait.seconds * SCHED_HZ + ticks + 1;
}
