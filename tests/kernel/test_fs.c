/* Paths, and archives that make no sense. */
#include "kernel/fs/cpio.h"
#include "kernel/fs/inode.h"
#include "kernel/fs/namei.h"
#include "kernel/fs/path.h"
#include "kernel/selftest.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "machine/layout.h"
#include "mm/slab.h"

/* Error of a lookup from the root. */
static int lookup(const char *path)
{
	struct inode *found;
	int error = path_lookup(inode_root(), path, PATH_FOLLOW, &found);
	if (!error)
		inode_put(found);
	return error;
}

SELFTEST(path_finds_what_is_there)
{
	struct inode *a, *b, *root;
	EXPECT_EQ(path_lookup(inode_root(), "/dev/null", 0, &a), 0);
	EXPECT_EQ(path_lookup(inode_root(), "dev//.././/dev/./null", 0, &b), 0);
	EXPECT(a == b && inode_is(a, MODE_CHAR));
	EXPECT_EQ(path_lookup(a, "/..", 0, &root), 0);
	EXPECT(root == inode_root());
	inode_put(a);
	inode_put(b);
	inode_put(root);
}

SELFTEST(path_says_what_is_wrong)
{
	char *name = kmalloc(NAME_LENGTH_MAX + 2);
	REQUIRE(name != NULL);
	memset(name, 'x', NAME_LENGTH_MAX + 1);
	name[NAME_LENGTH_MAX + 1] = 0;
	EXPECT_EQ(lookup(name), -ENAMETOOLONG);
	name[NAME_LENGTH_MAX] = 0;
	EXPECT_EQ(lookup(name), -ENOENT);
	kfree(name);
	EXPECT_EQ(lookup(""), -ENOENT);
	EXPECT_EQ(lookup("/dev/nothing"), -ENOENT);
	EXPECT_EQ(lookup("/dev/null/"), -ENOTDIR);
	EXPECT_EQ(lookup("/dev/null/more"), -ENOTDIR);
}

SELFTEST(rename_to_what_is_no_name_is_busy)
{
	static const char *const places[] = { "/", "/dev/.", "/dev/.." };
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		struct path_end from, to;
		REQUIRE(path_resolve(inode_root(), "/dev/null", PATH_NAME, &from) == 0);
		REQUIRE(path_resolve(inode_root(), places[i], PATH_NAME, &to) == 0);
		EXPECT_EQ(names_rename(&from, &to, 0), -EBUSY);
		path_end_put(&from);
		path_end_put(&to);
	}
	EXPECT_EQ(lookup("/dev/null"), 0);
}

SELFTEST(path_of_a_directory_is_absolute)
{
	struct inode *dev;
	char buf[8];
	REQUIRE(path_lookup(inode_root(), "dev", 0, &dev) == 0);
	EXPECT_EQ(path_of(dev, buf, sizeof(buf)), 5);
	EXPECT_EQ(strcmp(buf, "/dev"), 0);
	EXPECT_EQ(path_of(inode_root(), buf, sizeof(buf)), 2);
	EXPECT_EQ(strcmp(buf, "/"), 0);
	EXPECT_EQ(path_of(dev, buf, 4), -ERANGE);
	inode_put(dev);
}

/* A header with @namesize and @filesize in hexadecimal digits, and a name of three letters. */
static size_t write_header(char *at, const char *filesize, const char *namesize)
{
	memcpy(at, "070701", 6);
	memset(at + 6, '0', 13 * 8);
	memcpy(at + 6 + 1 * 8, "000081a4", 8);
	memcpy(at + 6 + 6 * 8, filesize, 8);
	memcpy(at + 6 + 11 * 8, namesize, 8);
	memcpy(at + 110, "abc", 4);
	return 114 + 2;
}

SELFTEST(archive_that_is_damaged_is_refused)
{
	char *archive = kzalloc(512);
	REQUIRE(archive != NULL);
	paddr_t at = virt_to_phys(archive);
	EXPECT_EQ(cpio_unpack("of zeroes", at, 512), 0);
	size_t n = write_header(archive, "00000000", "00000000");
	EXPECT_EQ(cpio_unpack("without a name", at, n), 0);
	write_header(archive, "00000000", "ffffffff");
	EXPECT_EQ(cpio_unpack("with a huge name", at, n), 0);
	write_header(archive, "ffffffff", "00000004");
	EXPECT_EQ(cpio_unpack("with a huge file", at, n), 0);
	write_header(archive, "0000000g", "00000004");
	EXPECT_EQ(cpio_unpack("with a bad digit", at, n), 0);
	write_header(archive, "00000000", "00000003");
	EXPECT_EQ(cpio_unpack("with an endless name", at, n), 0);
	write_header(archive, "00000000", "00000004");
	for (size_t cut = 1; cut < 114; cut += 56)
		EXPECT_EQ(cpio_unpack("cut", at, cut), 0);
	kfree(archive);
}
