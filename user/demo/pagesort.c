/*
 * Sorting more numbers than fit in memory.
 *
 * Quicksort walks its piece from both ends inwards, so it uses few pages at a time and a piece that
 * fits in memory causes no more faults: about log2(numbers / memory) passes over the disk in all.
 * Merge sort goes over everything log2(numbers) times and needs as much room again. Heap sort jumps
 * all over its array and shows what happens without locality; keep it small.
 */
#include "lib/string.h"
#include "user/lib/heap.h"
#include "user/lib/options.h"
#include "user/lib/print.h"
#include "user/lib/random.h"
#include "user/lib/runtime.h"

enum { SHORT_PIECE = 16 }; /* from here on insertion is quicker */

static uint32_t count = 384 << 10, seed = 1;
static bool merge, heap;

static const struct option options[] = {
	{ "count", &count, NULL, "how many numbers of 4 bytes" },
	{ "seed", &seed, NULL, "start of the random numbers" },
	{ "merge", NULL, &merge, "merge sort instead of quicksort" },
	{ "heap", NULL, &heap, "heap sort instead of quicksort" },
};

static const struct program program = {
	"pagesort", "sorts random numbers and verifies the order", "",
	options, ARRAY_SIZE(options),
};

static void swap_numbers(uint32_t *a, uint32_t *b)
{
	uint32_t t = *a;

	*a = *b;
	*b = t;
}

static void sort_insertion(uint32_t *v, uint32_t n)
{
	for (uint32_t i = 1; i < n; i++) {
		uint32_t x = v[i];
		uint32_t j = i;
		for (; j > 0 && v[j - 1] > x; j--)
			v[j] = v[j - 1];
		v[j] = x;
	}
}

static uint32_t median_of_three(uint32_t a, uint32_t b, uint32_t c)
{
	if (a > b)
		swap_numbers(&a, &b);
	return c < a ? a : c > b ? b : c;
}

/* Recurse into the shorter part only, so the stack stays small whatever the numbers are. */
static void sort_quick(uint32_t *v, uint32_t n)
{
	while (n > SHORT_PIECE) {
		uint32_t pivot = median_of_three(v[0], v[n / 2], v[n - 1]);
		int32_t i = 0, j = (int32_t)n - 1;
		while (i <= j) {
			while (v[i] < pivot)
				i++;
			while (v[j] > pivot)
				j--;
			if (i > j)
				break;
			swap_numbers(&v[i], &v[j]);
			i++;
			j--;
		}
		uint32_t low = (uint32_t)j + 1, high = n - (uint32_t)i;
		if (low < high) {
			sort_quick(v, low);
			v += i;
			n = high;
		} else {
			sort_quick(v + i, high);
			n = low;
		}
	}
	sort_insertion(v, n);
}

static void merge_runs(uint32_t *out, const uint32_t *a, uint32_t na,
		       const uint32_t *b, uint32_t nb)
{
	const uint32_t *a_end = a + na, *b_end = b + nb;

	while (a < a_end && b < b_end) {
		const uint32_t **least = *b < *a ? &b : &a;
		*out = **least;
		*least += 1;
		out++;
	}
	memcpy(out, a, (size_t)(a_end - a) * sizeof(*a));
	memcpy(out + (a_end - a), b, (size_t)(b_end - b) * sizeof(*b));
}

/* From runs of SHORT_PIECE upwards, back and forth between @v and a second array. */
static void sort_merge(uint32_t *v, uint32_t n)
{
	uint32_t *other = malloc(n * sizeof(*v));
	uint32_t *from = v, *to = other;

	if (!other)
		fail("pagesort: no memory\n");
	for (uint32_t i = 0; i < n; i += SHORT_PIECE)
		sort_insertion(v + i, MIN((uint32_t)SHORT_PIECE, n - i));
	for (uint32_t run = SHORT_PIECE; run < n; run *= 2) {
		for (uint32_t i = 0; i < n; i += 2 * run) {
			uint32_t na = MIN(run, n - i), nb = MIN(run, n - i - na);
			merge_runs(to + i, from + i, na, from + i + na, nb);
		}
		uint32_t *t = from;
		from = to;
		to = t;
	}
	if (from != v)
		memcpy(v, from, n * sizeof(*v));
	free(other);
}

static void heap_sink(uint32_t *v, uint32_t i, uint32_t n)
{
	for (uint32_t child = 2 * i + 1; child < n; child = 2 * i + 1) {
		if (child + 1 < n && v[child + 1] > v[child])
			child++;
		if (v[i] >= v[child])
			return;
		swap_numbers(&v[i], &v[child]);
		i = child;
	}
}

static void sort_heap(uint32_t *v, uint32_t n)
{
	for (uint32_t i = n / 2; i > 0; i--)
		heap_sink(v, i - 1, n);
	for (uint32_t end = n; end > 1; end--) {
		swap_numbers(&v[0], &v[end - 1]);
		heap_sink(v, 0, end - 1);
	}
}

int main(int argc, char **argv, char **envp)
{
	(void)envp;
	options_parse(&program, argc, argv);
	if (count == 0 || count > (64 << 20) || seed == 0)
		fail("pagesort: counts are from 1 to 64M, seeds not 0\n");
	uint32_t *v = malloc(count * sizeof(*v));
	if (!v)
		fail("pagesort: no memory\n");

	uint32_t state = seed, before = 0, after = 0;
	for (uint32_t i = 0; i < count; i++) {
		v[i] = random_next(&state);
		before += v[i];
	}
	(merge ? sort_merge : heap ? sort_heap : sort_quick)(v, count);

	uint32_t sum = CHECKSUM_START;
	bool good = true;
	for (uint32_t i = 0; i < count; i++) {
		good = good && (i == 0 || v[i - 1] <= v[i]);
		after += v[i];
		sum = checksum_add(sum, v[i]);
	}
	good = good && before == after;
	printf("pagesort: %u numbers, %u KiB, checksum %08x, %s\n",
	       count, count / 256, sum, good ? "in order" : "WRONG");
	return good ? 0 : 1;
}
