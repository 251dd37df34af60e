/*
 * 64-bit division for a 32-bit CPU. The compiler calls these for / and % on 64-bit numbers, under
 * names it has fixed; libgcc, which usually has them, is not linked.
 *
 * A divisor below 2^16 is done like on paper with digits of 16 bits, each step one 32-bit division:
 * that is every decimal conversion. Otherwise the quotient is found bit by bit, starting where the
 * divisor's highest bit lies under the dividend's, so small quotients are quick.
 */
#include "lib/base.h"

uint64_t __udivdi3(uint64_t dividend, uint64_t divisor);
uint64_t __umoddi3(uint64_t dividend, uint64_t divisor);
uint64_t __udivmoddi4(uint64_t dividend, uint64_t divisor, uint64_t *remainder);
int64_t __divdi3(int64_t dividend, int64_t divisor);
int64_t __moddi3(int64_t dividend, int64_t divisor);

struct div64 {
	uint64_t quotient;
	uint64_t remainder;
};

static struct div64 div64_short(uint64_t dividend, uint32_t divisor)
{
	uint32_t high = (uint32_t)(dividend >> 32);
	uint32_t low = (uint32_t)dividend;
	uint32_t top = high / divisor;
	uint32_t part = high % divisor << 16 | low >> 16;
	uint32_t middle = part / divisor;
	part = part % divisor << 16 | (low & 0xffff);
	uint32_t bottom = part / divisor;
	/* middle and bottom are below 2^16, as each remainder is below the divisor. */
	return (struct div64){ (uint64_t)top << 32 | middle << 16 | bottom, part % divisor };
}

static struct div64 div64_long(uint64_t dividend, uint64_t divisor)
{
	if (dividend < divisor)
		return (struct div64){ 0, dividend };
	int shift = __builtin_clzll(divisor) - __builtin_clzll(dividend);
	uint64_t quotient = 0;
	for (divisor <<= shift; shift >= 0; shift--) {
		quotient <<= 1;
		if (dividend >= divisor) {
			dividend -= divisor;
			quotient |= 1;
		}
		divisor >>= 1;
	}
	return (struct div64){ quotient, dividend };
}

static struct div64 div64_divide(uint64_t dividend, uint64_t divisor)
{
	if ((dividend | divisor) >> 32 == 0) {
		uint32_t a = (uint32_t)dividend;
		uint32_t b = (uint32_t)divisor;
		return (struct div64){ a / b, a % b }; /* by zero: the CPU's divide error */
	}
	if (divisor >> 16 == 0)
		return div64_short(dividend, (uint32_t)divisor);
	return div64_long(dividend, divisor);
}

uint64_t __udivdi3(uint64_t dividend, uint64_t divisor)
{
	return div64_divide(dividend, divisor).quotient;
}

uint64_t __umoddi3(uint64_t dividend, uint64_t divisor)
{
	return div64_divide(dividend, divisor).remainder;
}

uint64_t __udivmoddi4(uint64_t dividend, uint64_t divisor, uint64_t *remainder)
{
	struct div64 result = div64_divide(dividend, divisor);
	if (remainder)
		*remainder = result.remainder;
	return result.quotient;
}

static uint64_t div64_magnitude(int64_t value)
{
	return value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
}

int64_t __divdi3(int64_t dividend, int64_t divisor)
{
	uint64_t quotient =
		div64_divide(div64_magnitude(dividend), div64_magnitude(divisor)).quotient;
	return (int64_t)((dividend < 0) != (divisor < 0) ? 0 - quotient : quotient);
}

/* The remainder has the dividend's sign. */
int64_t __moddi3(int64_t dividend, int64_t divisor)
{
	uint64_t rest = div64_divide(div64_magnitude(dividend), div64_magnitude(divisor)).remainder;
	return (int64_t)(dividend < 0 ? 0 - rest : rest);
}
