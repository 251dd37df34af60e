/*
 * The two 8259 interrupt controllers.
 *
 * The second is cascaded on line 2 of the first. They are moved from the vectors the BIOS gave
 * them, which collide with the CPU's exceptions, to 32..47. A line that drops before the CPU has
 * acknowledged it is reported as 7 (or 15) with no bit in the in-service register: a spurious
 * interrupt, not served.
 */
#include "drivers/pic.h"

#include "kernel/x86/cpu.h"
#include "kernel/x86/irq.h"

enum { FIRST = 0x20, SECOND = 0xa0, DATA = 1, CASCADE_LINE = 2, VECTOR_BASE = 32 };
enum { START_WITH_ICW4 = 0x11, MODE_8086 = 1, END_OF_INTERRUPT = 0x20, READ_IN_SERVICE = 0x0b };

static uint16_t pic_mask = 0xffff & ~(1 << CASCADE_LINE);

static void pic_write_mask(void)
{
	cpu_out8(FIRST + DATA, (uint8_t)pic_mask);
	cpu_out8(SECOND + DATA, (uint8_t)(pic_mask >> 8));
}

static void pic_unmask(unsigned line)
{
	pic_mask &= (uint16_t)~(1u << line);
	pic_write_mask();
}

static bool pic_spurious(unsigned line)
{
	if (line != 7 && line != 15)
		return false;
	uint16_t port = line == 7 ? FIRST : SECOND;
	cpu_out8(port, READ_IN_SERVICE);
	if (cpu_in8(port) & 0x80)
		return false;
	if (line == 15)
		cpu_out8(FIRST, END_OF_INTERRUPT); /* the cascade line was real */
	return true;
}

static void pic_end(unsigned line)
{
	if (line >= 8)
		cpu_out8(SECOND, END_OF_INTERRUPT);
	cpu_out8(FIRST, END_OF_INTERRUPT);
}

static const struct irq_chip pic_chip = {
	.unmask = pic_unmask, .spurious = pic_spurious, .end = pic_end,
};

void pic_init(void)
{
	cpu_out8(FIRST, START_WITH_ICW4);
	cpu_out8(SECOND, START_WITH_ICW4);
	cpu_out8(FIRST + DATA, VECTOR_BASE);
	cpu_out8(SECOND + DATA, VECTOR_BASE + 8);
	cpu_out8(FIRST + DATA, 1 << CASCADE_LINE);
	cpu_out8(SECOND + DATA, CASCADE_LINE);
	cpu_out8(FIRST + DATA, MODE_8086);
	cpu_out8(SECOND + DATA, MODE_8086);
	pic_write_mask();
	irq_set_chip(&pic_chip);
}
