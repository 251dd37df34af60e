/*
 * The 8254 timer: one interrupt every 10 ms on line 0, and between them where that is asked for.
 *
 * Without a finer clock channel 0 is a rate generator: nothing has to be done for the next tick.
 *
 * A disk with a service time (block.c) needs to know the time in microseconds, and to be called
 * when a transfer is over. Then channel 2, the loudspeaker's, counts down freely, with the speaker
 * off: that is the clock, 1,193,182 units a second, of which the chip shows the lowest 16 bits. And
 * channel 0 is started for one interrupt at a time, for the next tick or the alarm, whichever is
 * earlier. Both are moments of the clock, so the time that starting channel 0 takes makes one
 * interrupt late, never the ticks slow; a tick that was missed is made up for.
 *
 * Always true, once the clock runs:
 *   [pit.1]  channel 0 is started for the earlier one of pit_tick_at and pit_alarm_at, or for a
 *            moment before it
 *   [pit.2]  the clock is read at least once in 65,536 units, 54 ms: each tick does
 * Source: Intel 8254 data sheet; port 0x61 as in any PC.
 */
#include "drivers/pit.h"

#include "kernel/x86/cpu.h"
#include "kernel/x86/irq.h"

enum { CHANNEL_0 = 0x40, CHANNEL_2 = 0x42, COMMAND = 0x43, SPEAKER = 0x61 };
enum { RATE_GENERATOR = 0x34, ONE_SHOT = 0x30, FREE_RUNNING = 0xb4, LATCH_2 = 0x80 };
enum { SPEAKER_GATE = 1, SPEAKER_ON = 2 };
enum { INPUT_HZ = 1193182, TIMER_LINE = 0, TICK_UNITS = (INPUT_HZ + PIT_HZ / 2) / PIT_HZ };

static void (*pit_tick)(void), (*pit_alarm)(void);
static uint64_t pit_time;	 /* of the clock, when it was last read */
static uint16_t pit_count;	 /* channel 2's count then */
static uint64_t pit_tick_at, pit_alarm_at; /* UINT64_MAX: no alarm */

static void pit_load(uint16_t channel, uint8_t mode, unsigned count)
{
	cpu_out8(COMMAND, mode);
	cpu_out8(channel, (uint8_t)count);
	cpu_out8(channel, (uint8_t)(count >> 8));
}

static uint16_t pit_read_count(void)
{
	cpu_out8(COMMAND, LATCH_2);
	unsigned low = cpu_in8(CHANNEL_2);
	return (uint16_t)(low | (unsigned)cpu_in8(CHANNEL_2) << 8);
}

static uint64_t pit_now(void)
{
	unsigned flags = irq_save();
	uint16_t count = pit_read_count();
	pit_time += (uint16_t)(pit_count - count); /* [pit.2] */
	pit_count = count;
	uint64_t now = pit_time;
	irq_restore(flags);
	return now;
}

/* [pit.1]. Interrupts off. */
static void pit_start_channel(uint64_t now)
{
	uint64_t next = MIN(pit_tick_at, pit_alarm_at);
	pit_load(CHANNEL_0, ONE_SHOT, next > now ? (unsigned)(next - now) : 1);
}

static void pit_set_alarm(uint64_t at)
{
	unsigned flags = irq_save();
	pit_alarm_at = at;
	if (at < pit_tick_at)
		pit_start_channel(pit_now());
	irq_restore(flags);
}

static void pit_interrupt(void)
{
	uint64_t now = pit_now();
	for (; pit_tick_at <= now; pit_tick_at += TICK_UNITS)
		pit_tick();
	if (pit_alarm_at <= now) {
		pit_alarm_at = UINT64_MAX;
		pit_alarm();
	}
	pit_start_channel(now);
}

static void pit_on_line(void)
{
	if (pit_alarm != NULL)
		pit_interrupt();
	else
		pit_tick();
}

void pit_init(void (*tick)(void))
{
	pit_tick = tick;
	pit_load(CHANNEL_0, RATE_GENERATOR, TICK_UNITS);
	irq_register(TIMER_LINE, pit_on_line);
}

const struct block_clock *pit_start_clock(void (*alarm)(void))
{
	static const struct block_clock clock = { INPUT_HZ, pit_now, pit_set_alarm };
	unsigned flags = irq_save();
	uint8_t speaker = cpu_in8(SPEAKER);
	cpu_out8(SPEAKER, (uint8_t)((speaker & ~SPEAKER_ON) | SPEAKER_GATE));
	pit_load(CHANNEL_2, FREE_RUNNING, 0);
	pit_count = pit_read_count();
	pit_time = 0;
	pit_tick_at = TICK_UNITS;
	pit_alarm_at = UINT64_MAX;
	pit_alarm = alarm;
	pit_start_channel(0);
	irq_restore(flags);
	return &clock;
}
