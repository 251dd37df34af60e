/*
 * System calls of System V shared memory, by their own numbers and through ipc(2), and the two
 * layouts of their structures: the old one of 16 bits, and Linux's newer one (IPC_64), which the
 * direct numbers always use.
 */
#include "kernel/proc/shm.h"
#include "kernel/proc/wallclock.h"
#include "kernel/syscall/syscall_calls.h"
#include "lib/errno.h"
#include "lib/string.h"

enum { IPC_RMID, IPC_SET, IPC_STAT, IPC_INFO, SHM_LOCK = 11, SHM_UNLOCK, SHM_STAT, SHM_INFO,
       SHM_STAT_ANY, IPC_64 = 0x100 };
enum { IPC_SHMAT = 21, IPC_SHMDT, IPC_SHMGET, IPC_SHMCTL };
enum { SHM_MODE_SETTABLE = 0777 };

/* struct shmid64_ds */
struct shm_status {
	int32_t key;
	uint32_t uid, gid, creator_uid, creator_gid;
	uint16_t mode, pad1, sequence, pad2;
	uint32_t unused1[2];
	uint32_t size, attach_time, attach_high, detach_time, detach_high, change_time, change_high;
	int32_t creator, last;
	uint32_t attached, unused2[2];
};

/* struct shmid_ds */
struct shm_old_status {
	int32_t key;
	uint16_t uid, gid, creator_uid, creator_gid, mode, sequence;
	int32_t size, attach_time, detach_time, change_time;
	uint16_t creator, last, attached, unused1;
	uint32_t unused2[2];
};

static struct shm_status shm_status_of(const struct shm_segment *s)
{
	return (struct shm_status){
		.key = s->key,
		.uid = s->uid,
		.gid = s->gid,
		.creator_uid = s->creator_uid,
		.creator_gid = s->creator_gid,
		.mode = s->mode,
		.sequence = (uint16_t)(s->id >> 15),
		.size = s->size,
		.attach_time = s->attach_time,
		.detach_time = s->detach_time,
		.change_time = s->change_time,
		.creator = s->creator,
		.last = s->last,
		.attached = shm_attached(s),
	};
}

static long shm_write_status(const struct shm_segment *s, uptr_t to, bool wide)
{
	struct shm_status new = shm_status_of(s);
	if (wide)
		return syscall_write_user(to, &new, sizeof(new));
	struct shm_old_status old = {
		.key = new.key,
		.uid = (uint16_t)new.uid,
		.gid = (uint16_t)new.gid,
		.creator_uid = (uint16_t)new.creator_uid,
		.creator_gid = (uint16_t)new.creator_gid,
		.mode = new.mode,
		.sequence = new.sequence,
		.size = (int32_t)MIN(new.size, (uint32_t)INT32_MAX),
		.attach_time = (int32_t)new.attach_time,
		.detach_time = (int32_t)new.detach_time,
		.change_time = (int32_t)new.change_time,
		.creator = (uint16_t)new.creator,
		.last = (uint16_t)new.last,
		.attached = (uint16_t)new.attached,
	};
	return syscall_write_user(to, &old, sizeof(old));
}

static long shm_set(struct shm_segment *s, uptr_t from, bool wide)
{
	struct shm_status new;
	struct shm_old_status old;
	if (wide ? syscall_read_user(&new, from, sizeof(new))
		 : syscall_read_user(&old, from, sizeof(old)))
		return -EFAULT;
	s->uid = wide ? new.uid : old.uid;
	s->gid = wide ? new.gid : old.gid;
	unsigned mode = wide ? new.mode : old.mode;
	s->mode = (uint16_t)((s->mode & ~SHM_MODE_SETTABLE) | (mode & SHM_MODE_SETTABLE));
	s->change_time = (uint32_t)clock_of_day().seconds;
	return 0;
}

/* The limits. Returns the highest index in use, as for shm_info. */
static long shm_write_limits(uptr_t to, bool wide)
{
	const uint32_t most = UINT32_MAX - (1u << 24);
	uint32_t limits[9] = { wide ? most : INT32_MAX, 1, SHM_COUNT_MAX, SHM_COUNT_MAX,
			       wide ? most : INT32_MAX };
	size_t n = wide ? sizeof(limits) : 5 * sizeof(limits[0]);
	return syscall_write_user(to, limits, n) ? -EFAULT : MAX(shm_usage().highest, 0);
}

static long shm_write_usage(uptr_t to)
{
	struct shm_usage u = shm_usage();
	uint32_t info[6] = { u.segments, u.pages, u.resident, u.swapped, 0, 0 };
	return syscall_write_user(to, info, sizeof(info)) ? -EFAULT : MAX(u.highest, 0);
}

static long shm_control_segment(struct shm_segment *s, unsigned command, uptr_t buf, bool wide)
{
	switch (command) {
	case IPC_STAT:
		return shm_write_status(s, buf, wide);
	case SHM_STAT:
	case SHM_STAT_ANY:
		return shm_write_status(s, buf, wide) ? -EFAULT : s->id;
	case IPC_SET:
		return shm_set(s, buf, wide);
	case IPC_RMID:
		shm_remove(s);
		return 0;
	case SHM_LOCK: /* its pages stay evictable: not observable */
		s->mode |= SHM_LOCKED;
		return 0;
	case SHM_UNLOCK:
		s->mode &= (uint16_t)~SHM_LOCKED;
		return 0;
	}
	return -EINVAL;
}

static long shm_control(int id, unsigned command, uptr_t buf, bool wide)
{
	if (id < 0)
		return -EINVAL;
	if (command == IPC_INFO)
		return shm_write_limits(buf, wide);
	if (command == SHM_INFO)
		return shm_write_usage(buf);
	bool by_place = command == SHM_STAT || command == SHM_STAT_ANY;
	struct shm_segment *s = by_place ? shm_at((unsigned)id) : shm_find(id);
	return s ? shm_control_segment(s, command, buf, wide) : -EINVAL;
}

long sys_shmget(const struct syscall_args *args)
{
	return shm_get((int)args->a[0], args->a[1], args->a[2]);
}

long sys_shmctl(const struct syscall_args *args)
{
	return shm_control((int)args->a[0], args->a[1], args->a[2], true);
}

/* shmat(id, address, flags) */
long sys_shmat(const struct syscall_args *args)
{
	const uint32_t *a = args->a;
	return shm_attach(process_running->aspace, (int)a[0], a[1], a[2]);
}

long sys_shmdt(const struct syscall_args *args)
{
	return shm_detach(process_running->aspace, args->a[0]);
}

/* ipc's shmat returns the address in memory, as it must not look like an error. */
static long ipc_attach(int id, uptr_t addr, unsigned flags, uptr_t result)
{
	long at = shm_attach(process_running->aspace, id, addr, flags);
	uint32_t word = (uint32_t)at;
	if (is_error(at))
		return at;
	return syscall_write_user(result, &word, sizeof(word));
}

/* ipc(call, first, second, third, pointer, fifth): one number for all of System V's calls. */
long sys_ipc(const struct syscall_args *args)
{
	const uint32_t *a = args->a;
	bool wide = a[2] & IPC_64;
	switch (a[0] & 0xffff) {
	case IPC_SHMAT:
		return a[0] >> 16 == 1 ? -EINVAL : ipc_attach((int)a[1], a[4], a[2], a[3]);
	case IPC_SHMDT:
		return shm_detach(process_running->aspace, a[4]);
	case IPC_SHMGET:
		return shm_get((int)a[1], a[2], a[3]);
	case IPC_SHMCTL:
		return shm_control((int)a[1], a[2] & ~(uint32_t)IPC_64, a[4], wide);
	}
	return -ENOSYS;
}
