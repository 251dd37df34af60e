/* lib/: each part against a plain model, or against the host's C library. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/bitmap.h"
#include "lib/errno.h"
#include "lib/format.h"
#include "lib/list.h"
#include "lib/string.h"
#include "lib/tree.h"
#include "tests/host/test.h"

/* The kernel's own; host.mk has renamed them. */
void *kernel_memcpy(void *dst, const void *src, size_t n);
void *kernel_memmove(void *dst, const void *src, size_t n);
void *kernel_memset(void *dst, int byte, size_t n);
int kernel_memcmp(const void *a, const void *b, size_t n);
size_t kernel_strlen(const char *s);
size_t kernel_strnlen(const char *s, size_t max);
int kernel_strcmp(const char *a, const char *b);
int kernel_strncmp(const char *a, const char *b, size_t n);
char *kernel_strchr(const char *s, int c);
char *kernel_strrchr(const char *s, int c);
uint64_t kernel__udivdi3(uint64_t dividend, uint64_t divisor);
uint64_t kernel__umoddi3(uint64_t dividend, uint64_t divisor);
uint64_t kernel__udivmoddi4(uint64_t dividend, uint64_t divisor, uint64_t *remainder);
int64_t kernel__divdi3(int64_t dividend, int64_t divisor);
int64_t kernel__moddi3(int64_t dividend, int64_t divisor);

/* ---- lists ---- */

TEST(list_keeps_order_and_knows_what_is_linked)
{
	struct list_node head, a, b, c;
	list_init(&head);
	list_init(&b);
	CHECK(list_empty(&head) && !list_pop_front(&head) && !list_node_linked(&b));
	list_push_back(&head, &b);
	list_push_front(&head, &a);
	list_push_back(&head, &c);
	CHECK(head.next == &a && a.next == &b && b.next == &c && c.next == &head &&
	      head.prev == &c);
	CHECK(list_node_linked(&b));
	list_for_each_safe(node, &head) {
		if (node == &b)
			list_remove(node);
	}
	CHECK(!list_node_linked(&b));
	CHECK(list_pop_front(&head) == &a && list_pop_front(&head) == &c && list_empty(&head));
}

TEST(list_append_all_moves_every_node_in_order)
{
	struct list_node from = LIST_HEAD_INIT(from), to = LIST_HEAD_INIT(to), a, b, c;
	list_append_all(&to, &from);
	CHECK(list_empty(&to) && list_empty(&from));
	list_push_back(&to, &a);
	list_push_back(&from, &b);
	list_push_back(&from, &c);
	list_append_all(&to, &from);
	CHECK(list_empty(&from));
	CHECK(list_pop_front(&to) == &a && list_pop_front(&to) == &b);
	CHECK(list_pop_front(&to) == &c && list_empty(&to));
}

/* ---- trees ---- */

enum { TREE_KEYS = 400 };

struct item {
	struct tree_node node;
	unsigned key;
	bool in;
};

static struct tree tree;
static struct item items[TREE_KEYS];

static void item_insert(struct item *item)
{
	struct tree_node *parent = NULL;
	struct tree_node **link = &tree.root;
	while (*link) {
		parent = *link;
		link = item->key < tree_entry(parent, struct item, node)->key ? &parent->left
									      : &parent->right;
	}
	tree_insert(&tree, &item->node, parent, link);
}

/* The nodes in order are the keys that are in, in both directions. */
static void compare_with_model(void)
{
	struct tree_node *node = tree_first(&tree);
	struct tree_node *before = NULL;
	for (unsigned i = 0; i < TREE_KEYS; i++) {
		if (!items[i].in)
			continue;
		CHECK(node == &items[i].node && tree_prev(node) == before);
		before = node;
		node = tree_next(node);
	}
	CHECK(!node && tree_last(&tree) == before);
}

TEST(tree_is_balanced_and_in_order_after_every_change)
{
	size_t count = 0;
	CHECK(!tree_first(&tree) && !tree_last(&tree));
	for (unsigned i = 0; i < TREE_KEYS; i++)
		items[i].key = i;
	for (unsigned step = 0; step < 100000; step++) {
		struct item *item = &items[test_random_below(TREE_KEYS)];
		bool in = item->in;
		if (in)
			tree_remove(&tree, &item->node);
		else
			item_insert(item);
		item->in = !in;
		count += in ? -1 : 1;
		CHECK_EQ(tree_check(&tree), count);
		if (step % 16 == 0)
			compare_with_model();
	}
}

TEST(tree_of_rising_keys_stays_low)
{
	for (unsigned i = 0; i < TREE_KEYS; i++) {
		items[i].key = i;
		item_insert(&items[i]);
	}
	CHECK_EQ(tree.root->height, 9); /* 400 < 2^9 */
	for (unsigned i = 0; i < TREE_KEYS; i++) {
		tree_remove(&tree, &items[i].node);
		CHECK_EQ(tree_check(&tree), TREE_KEYS - 1 - i);
	}
}

TEST(tree_check_finds_damage)
{
	for (unsigned i = 0; i < 10; i++) {
		items[i].key = i;
		item_insert(&items[i]);
	}
	CHECK_PANIC("height", tree.root->left->height++; tree_check(&tree));
	CHECK_PANIC("parent", tree.root->left->left->parent = tree.root; tree_check(&tree));
	CHECK_PANIC("*link", tree_insert(&tree, &items[11].node, tree.root, &tree.root->left));
}

/* ---- bitmaps ---- */

TEST(bitmap_finds_and_counts_as_a_plain_loop_does)
{
	static const size_t sizes[] = { 1, 31, 32, 33, 64, 100, 257 };
	uint32_t map[BITMAP_WORDS(257)];
	for (unsigned round = 0; round < 3000; round++) {
		size_t nbits = sizes[test_random_below(ARRAY_SIZE(sizes))];
		/* Mostly ones in every third round; rubbish behind the end always. */
		for (size_t i = 0; i < ARRAY_SIZE(map); i++)
			map[i] = round % 3 ? test_random()
					   : ~(test_random() & test_random() & test_random());
		size_t from = test_random_below(nbits + 1);
		size_t first = from;
		while (first < nbits && bitmap_test(map, first))
			first++;
		CHECK_EQ(bitmap_find_clear(map, nbits, from), first);
		size_t count = 0;
		for (size_t i = 0; i < nbits; i++)
			count += bitmap_test(map, i);
		CHECK_EQ(bitmap_count(map, nbits), count);
	}
}

TEST(bitmap_sets_and_clears_one_bit)
{
	uint32_t map[2] = { 0, 0 };
	bitmap_set(map, 31);
	bitmap_set(map, 32);
	CHECK_EQ(map[0], 0x80000000u);
	CHECK_EQ(map[1], 1);
	bitmap_clear(map, 31);
	CHECK_EQ(map[0], 0);
	CHECK(bitmap_test(map, 32) && !bitmap_test(map, 33));
	map[0] = map[1] = UINT32_MAX;
	CHECK_EQ(bitmap_find_clear(map, 64, 0), 64);
	CHECK_EQ(bitmap_find_clear(map, 0, 0), 0);
}

/* ---- format ---- */

/* The host's snprintf says what is right. */
#define SAME(...) \
	do { \
		char ours[200], theirs[200]; \
		int n = format_string(ours, sizeof(ours), __VA_ARGS__); \
		CHECK_EQ(n, snprintf(theirs, sizeof(theirs), __VA_ARGS__)); \
		CHECK_STR(ours, theirs); \
	} while (0)

TEST(format_prints_as_snprintf)
{
	SAME("plain");
	SAME("%d %i %u %x %X %o %c %s %%", -5, 7, 3000000000u, 0xbeefu, 0xBEEFu, 8u, 'c', "text");
	SAME("[%5d] [%-5d] [%05d] [%+d] [%+5d]", 42, 42, 42, 42, -42);
	SAME("[%8x] [%-8x] [%08x] [%.4x] [%8.4x]", 0xabcu, 0xabcu, 0xabcu, 0xau, 0xau);
	SAME("[%.0d] [%.0u] [%3.0d]", 0, 0u, 0);
	SAME("[%10s] [%-10s] [%.2s] [%10.2s] [%.0s]", "abc", "abc", "abc", "abc", "abc");
	SAME("[%*d] [%*d] [%.*d] [%.*s] [%.*d]", 6, 1, -6, 1, 4, 1, 2, "xyz", -1, 5);
	SAME("%ld %lu %lx %zu %zx", -1L, ULONG_MAX, 1UL, (size_t)77, (size_t)0xff);
	SAME("%lld %llu %llx %llo", LLONG_MIN, ULLONG_MAX, 0x123456789abcdefULL, ULLONG_MAX);
	SAME("%d %d %u", INT_MIN, INT_MAX, UINT_MAX);
	SAME("[%c%c]", 'a', 'b');
	SAME("[%3c] [%-3c]", 'a', 'b');
}

TEST(format_prints_random_numbers_as_snprintf)
{
	static const char *const formats[] = { "%lld",	  "%llu",    "%llx", "%+25lld",	 "%-25llu|",
					       "%025lld", "%.22llu", "%llo", "%30.20llX" };
	for (unsigned round = 0; round < 20000; round++) {
		unsigned long long value = (unsigned long long)test_random() << 32 | test_random();
		value >>= test_random_below(64);
		char ours[64], theirs[64];
		const char *format = formats[round % ARRAY_SIZE(formats)];
		_Pragma("GCC diagnostic push")
		_Pragma("GCC diagnostic ignored \"-Wformat-nonliteral\"")
		CHECK_EQ(format_string(ours, sizeof(ours), format, value),
			 snprintf(theirs, sizeof(theirs), format, value));
		_Pragma("GCC diagnostic pop")
		CHECK_STR(ours, theirs);
	}
}

TEST(format_cuts_at_the_buffer_s_end)
{
	char buf[8];
	for (size_t size = 0; size <= sizeof(buf); size++) {
		memset(buf, '#', sizeof(buf));
		CHECK_EQ(format_string(buf, size, "%s-%d", "abc", 1234), 8);
		CHECK(size == 0 ||
		      (strlen(buf) == size - 1 && strncmp(buf, "abc-1234", size - 1) == 0));
		for (size_t i = size; i < sizeof(buf); i++)
			CHECK_EQ(buf[i], '#');
	}
}

TEST(format_survives_what_makes_no_sense)
{
	char buf[64];
	const char *volatile odd = "%y %5"; /* hidden from the compiler's check */
	_Pragma("GCC diagnostic push")
	_Pragma("GCC diagnostic ignored \"-Wformat-security\"")
	_Pragma("GCC diagnostic ignored \"-Wformat-nonliteral\"")
	CHECK_EQ(format_string(buf, sizeof(buf), odd), 5);
	_Pragma("GCC diagnostic pop")
	CHECK_STR(buf, "%y %5");
	const char *volatile none = NULL;
	format_string(buf, sizeof(buf), "%s", none);
	CHECK_STR(buf, "(null)");
	format_string(buf, sizeof(buf), "%p", (void *)0xc0100000);
	CHECK_STR(buf, "0xc0100000");
	format_string(buf, sizeof(buf), "%p", (void *)0x10);
	CHECK_STR(buf, "0x00000010");
}

/* ---- 64-bit division ---- */

static uint64_t random_64(void)
{
	uint64_t value = (uint64_t)test_random() << 32 | test_random();
	return value >> test_random_below(64);
}

TEST(division_of_64_bits_is_right)
{
	for (unsigned round = 0; round < 300000; round++) {
		uint64_t a = random_64();
		uint64_t b = random_64();
		if (b == 0)
			continue;
		if (round % 8 == 0)
			a = a / b * b; /* no remainder */
		uint64_t rest;
		CHECK_EQ(kernel__udivdi3(a, b), a / b);
		CHECK_EQ(kernel__umoddi3(a, b), a % b);
		CHECK_EQ(kernel__udivmoddi4(a, b, &rest), a / b);
		CHECK_EQ(rest, a % b);
		int64_t x = (int64_t)(round & 1 ? a : 0 - a);
		int64_t y = (int64_t)(round & 2 ? b : 0 - b);
		if (y == 0 || (x == INT64_MIN && y == -1))
			continue;
		CHECK_EQ(kernel__divdi3(x, y), x / y);
		CHECK_EQ(kernel__moddi3(x, y), x % y);
	}
}

/* ---- memory and strings ---- */

TEST(memory_functions_touch_exactly_their_bytes)
{
	unsigned char a[96], b[96], model[96];
	for (unsigned round = 0; round < 30000; round++) {
		for (size_t i = 0; i < sizeof(a); i++) {
			a[i] = (unsigned char)test_random();
			b[i] = (unsigned char)test_random();
		}
		size_t n = test_random_below(48);
		size_t from = test_random_below(48);
		size_t to = test_random_below(48);
		memcpy(model, b, sizeof(b));
		memcpy(model + to, a + from, n);
		CHECK(kernel_memcpy(b + to, a + from, n) == b + to);
		CHECK(memcmp(b, model, sizeof(b)) == 0);
		memcpy(model, a, sizeof(a));
		memmove(model + to, model + from, n);
		CHECK(kernel_memmove(a + to, a + from, n) == a + to);
		CHECK(memcmp(a, model, sizeof(a)) == 0);
		memset(model + to, (int)round, n);
		CHECK(kernel_memset(a + to, (int)round, n) == a + to);
		CHECK(memcmp(a, model, sizeof(a)) == 0);
	}
}

static int sign(int x)
{
	return (x > 0) - (x < 0);
}

TEST(comparisons_have_the_right_sign)
{
	char a[24], b[24];
	for (unsigned round = 0; round < 30000; round++) {
		size_t n = test_random_below(sizeof(a) - 1);
		for (size_t i = 0; i < n; i++)
			a[i] = (char)test_random();
		memcpy(b, a, n);
		a[n] = b[n] = '\0';
		if (n && round % 2)
			b[test_random_below(n)] ^= (char)(1u << test_random_below(8));
		CHECK_EQ(sign(kernel_memcmp(a, b, n)), sign(memcmp(a, b, n)));
		CHECK_EQ(sign(kernel_strcmp(a, b)), sign(strcmp(a, b)));
		CHECK_EQ(sign(kernel_strncmp(a, b, n / 2)), sign(strncmp(a, b, n / 2)));
	}
}

TEST(strings_are_measured_and_searched)
{
	CHECK_EQ(kernel_strlen(""), 0);
	CHECK_EQ(kernel_strlen("abc"), 3);
	CHECK_EQ(kernel_strnlen("abc", 2), 2);
	CHECK_EQ(kernel_strnlen("abc", 9), 3);
	const char *s = "a/b/c";
	CHECK(kernel_strchr(s, '/') == s + 1 && kernel_strrchr(s, '/') == s + 3);
	CHECK(!kernel_strchr(s, 'x') && !kernel_strrchr(s, 'x'));
	CHECK(kernel_strchr(s, 0) == s + 5 && kernel_strrchr(s, 0) == s + 5);
}

TEST(string_copy_cuts_and_says_so)
{
	char buf[4] = "zzz";
	CHECK_EQ(string_copy(buf, "abcdef", sizeof(buf)), 6);
	CHECK_STR(buf, "abc");
	CHECK_EQ(string_copy(buf, "x", sizeof(buf)), 1);
	CHECK_STR(buf, "x");
	CHECK_EQ(string_copy(buf, "y", 0), 1);
	CHECK_STR(buf, "x");
}

TEST(string_match_knows_star_and_question_mark)
{
	static const struct {
		const char *pattern, *text;
		bool match;
	} cases[] = {
		{ "", "", true },
		{ "", "a", false },
		{ "*", "", true },
		{ "*", "abc", true },
		{ "?", "", false },
		{ "?", "a", true },
		{ "a*c", "abbc", true },
		{ "a*c", "abbd", false },
		{ "*ab", "aab", true },
		{ "*a*b*", "xxaxxbxx", true },
		{ "*a*b*", "xxbxxa", false },
		{ "segment_*", "segment_limit", true },
		{ "segment_*", "fault", false },
		{ "a?c*e", "abcdde", true },
		{ "**", "x", true },
		{ "a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaa", false },
	};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		CHECK_EQ(string_match(cases[i].pattern, cases[i].text), cases[i].match);
}

TEST(string_to_size_takes_whole_numbers_only)
{
	static const struct {
		const char *text;
		bool ok;
		uint32_t value;
	} cases[] = {
		{ "0", true, 0 },
		{ "64", true, 64 },
		{ "4K", true, 4096 },
		{ "16m", true, 16 << 20 },
		{ "3G", true, 3u << 30 },
		{ "4G", false, 0 },
		{ "4294967295", true, UINT32_MAX },
		{ "4294967296", false, 0 },
		{ "0x10", true, 16 },
		{ "0XfFk", true, 255 << 10 },
		{ "0x", false, 0 },
		{ "", false, 0 },
		{ "K", false, 0 },
		{ "-1", false, 0 },
		{ " 1", false, 0 },
		{ "1 ", false, 0 },
		{ "12MB", false, 0 },
		{ "1KK", false, 0 },
		{ "99999999999999999999999", false, 0 },
		{ "a", false, 0 },
	};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint32_t value = 12345;
		CHECK_EQ(string_to_size(cases[i].text, &value), cases[i].ok);
		CHECK_EQ(value, cases[i].ok ? cases[i].value : 12345);
	}
}
