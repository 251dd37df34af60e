/*
 * Matrix product: the same arithmetic in two orders, and what each costs in page faults.
 *
 * Three matrices of SIZE x SIZE numbers lie row after row. The schoolbook loops walk down a column
 * of the second matrix for every number of the result: each step is on another page, and when the
 * matrix does not fit in memory each step is a fault. In blocks, BLOCK rows and columns of each
 * matrix at a time, the pages of three blocks suffice for BLOCK^3 steps. Both orders do the same
 * sums modulo 2^32, so both print the same checksum.
 *
 * The product is verified without computing it again (Freivalds, 1977): for a random vector x,
 * C x must equal A (B x), which takes SIZE^2 steps.
 */
#include "user/lib/heap.h"
#include "user/lib/options.h"
#include "user/lib/print.h"
#include "user/lib/random.h"
#include "user/lib/runtime.h"

static uint32_t size = 320, block = 32, seed = 1;
static bool naive;

static const struct option options[] = {
	{ "size", &size, NULL, "rows and columns" },
	{ "block", &block, NULL, "rows and columns of a block" },
	{ "seed", &seed, NULL, "start of the random numbers" },
	{ "naive", NULL, &naive, "three plain loops instead of blocks" },
};

static const struct program program = {
	"matrix", "multiplies two integer matrices and verifies the product", "",
	options, ARRAY_SIZE(options),
};

static uint32_t *matrix_alloc(void)
{
	uint32_t *m = calloc(size, size * sizeof(uint32_t));

	if (!m)
		fail("matrix: no memory\n");
	return m;
}

static void matrix_fill(uint32_t *m, uint32_t *state)
{
	for (uint32_t i = 0; i < size * size; i++)
		m[i] = random_next(state);
}

static void multiply_naive(uint32_t *c, const uint32_t *a, const uint32_t *b)
{
	for (uint32_t i = 0; i < size; i++)
		for (uint32_t j = 0; j < size; j++) {
			uint32_t sum = 0;
			for (uint32_t k = 0; k < size; k++)
				sum += a[i * size + k] * b[k * size + j];
			c[i * size + j] = sum;
		}
}

/* Add the product of two blocks: rows from @i, columns from @j, summed from @k. */
static void multiply_block(uint32_t *c, const uint32_t *a, const uint32_t *b,
			   uint32_t i, uint32_t j, uint32_t k)
{
	uint32_t i_end = MIN(i + block, size);
	uint32_t j_end = MIN(j + block, size);
	uint32_t k_end = MIN(k + block, size);

	for (uint32_t row = i; row < i_end; row++)
		for (uint32_t mid = k; mid < k_end; mid++) {
			uint32_t factor = a[row * size + mid];
			for (uint32_t column = j; column < j_end; column++)
				c[row * size + column] += factor * b[mid * size + column];
		}
}

static void multiply_blocks(uint32_t *c, const uint32_t *a, const uint32_t *b)
{
	for (uint32_t i = 0; i < size; i += block)
		for (uint32_t j = 0; j < size; j += block)
			for (uint32_t k = 0; k < size; k += block)
				multiply_block(c, a, b, i, j, k);
}

static void multiply_vector(uint32_t *y, const uint32_t *m, const uint32_t *x)
{
	for (uint32_t i = 0; i < size; i++) {
		uint32_t sum = 0;
		for (uint32_t j = 0; j < size; j++)
			sum += m[i * size + j] * x[j];
		y[i] = sum;
	}
}

static bool product_verify(const uint32_t *c, const uint32_t *a, const uint32_t *b, uint32_t state)
{
	uint32_t *x = malloc(4 * size * sizeof(uint32_t));
	uint32_t *bx = x + size, *abx = bx + size, *cx = abx + size;
	bool equal = true;

	if (!x)
		fail("matrix: no memory\n");
	for (uint32_t i = 0; i < size; i++)
		x[i] = random_next(&state);
	multiply_vector(bx, b, x);
	multiply_vector(abx, a, bx);
	multiply_vector(cx, c, x);
	for (uint32_t i = 0; i < size; i++)
		equal = equal && cx[i] == abx[i];
	free(x);
	return equal;
}

int main(int argc, char **argv, char **envp)
{
	(void)envp;
	options_parse(&program, argc, argv);
	if (size == 0 || size > 2048 || block == 0 || seed == 0)
		fail("matrix: sizes are from 1 to 2048, seeds not 0\n");

	uint32_t *a = matrix_alloc(), *b = matrix_alloc(), *c = matrix_alloc();
	uint32_t state = seed;
	matrix_fill(a, &state);
	matrix_fill(b, &state);
	if (naive)
		multiply_naive(c, a, b);
	else
		multiply_blocks(c, a, b);

	uint32_t sum = CHECKSUM_START;
	for (uint32_t i = 0; i < size * size; i++)
		sum = checksum_add(sum, c[i]);
	bool good = product_verify(c, a, b, state);
	printf("matrix: %u x %u, %u KiB in three matrices, checksum %08x, %s\n",
	       size, size, 3 * size * size / 256, sum, good ? "verified" : "WRONG");
	return good ? 0 : 1;
}
