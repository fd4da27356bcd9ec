/*
 * A witness of what a process asks of a disk: every write, truncation, creation, rename, link, removal and sync below
 * HOLDFAST_TEST_POWER_DIR, and all that is said on accepted sockets, in one totally ordered log, from which the disk can
 * be rebuilt as a loss of power may leave it (test/drills/power).
 *
 * A call and its record are one step under one lock, so the order of the log is the order of the calls. A file is known
 * by its inode. Shared memory of SQLite (-shm) is left out, and so is what only takes up room (ballast). What this
 * could not follow (a file mapped for writing, copied within the kernel) ends the process loudly.
 *
 * Record: type, length of A, length of B, 0 (u32 each), id, offset (u64 each), A, B. Little endian.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum { CREATE = 1, WRITE, TRUNCATE, RENAME, LINK, UNLINK, MKDIR, RMDIR, SYNC, ACCEPT, SENT, RECEIVED, PROCESS };

enum { MAX_FD = 65536 };
enum kind { NOTHING = 0, FILE_KIND, DIR_KIND, SOCKET_KIND };

struct known {
  enum kind kind;
  dev_t dev;
  ino_t ino;
  uint64_t id;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct known fds[MAX_FD];
static char root[PATH_MAX];
static size_t root_length;
static int log_fd = -1;
static uint64_t connections;

static void give_up(const char *why, const char *what) {
  dprintf(2, "power-log: %s: %s\n", why, what);
  abort();
}

static void record(uint32_t type, uint64_t id, uint64_t offset, const void *a, size_t a_length, const void *b,
                   size_t b_length) {
  uint32_t words[4] = {type, (uint32_t)a_length, (uint32_t)b_length, 0};
  uint64_t longs[2] = {id, offset};
  struct iovec parts[4] = {{words, sizeof words}, {longs, sizeof longs}, {(void *)a, a_length}, {(void *)b, b_length}};
  int at = 0;
  while (at < 4) {
    ssize_t done = syscall(SYS_writev, log_fd, parts + at, 4 - at);
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) give_up("cannot write its log", strerror(errno));
    while (at < 4 && (size_t)done >= parts[at].iov_len) done -= (ssize_t)parts[at++].iov_len;
    if (at < 4) {
      parts[at].iov_base = (char *)parts[at].iov_base + done;
      parts[at].iov_len -= (size_t)done;
    }
  }
}

static void hold(void) { pthread_mutex_lock(&lock); }
static void release(void) { pthread_mutex_unlock(&lock); }

__attribute__((constructor)) static void begin(void) {
  /* A child forked while another thread holds the lock would find it held for ever, and its parent waits for it. */
  pthread_atfork(hold, release, release);
  const char *dir = getenv("HOLDFAST_TEST_POWER_DIR"), *path = getenv("HOLDFAST_TEST_POWER_LOG");
  if (dir == NULL || path == NULL || realpath(dir, root) == NULL) return;
  root_length = strlen(root);
  log_fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (log_fd < 0) give_up("cannot open its log", path);
  /* Out of the way of descriptors that are counted from the bottom. */
  int high = fcntl(log_fd, F_DUPFD_CLOEXEC, 1000);
  if (high >= 0) {
    syscall(SYS_close, log_fd);
    log_fd = high;
  }
  /* Children write nothing there, and would mix up the order. */
  unsetenv("LD_PRELOAD");
  record(PROCESS, (uint64_t)getpid(), 0, NULL, 0, NULL, 0);
}

static int ends_with(const char *path, const char *end) {
  size_t length = strlen(path), tail = strlen(end);
  return length >= tail && memcmp(path + length - tail, end, tail) == 0;
}

/* The path below the root, or NULL where it is not to be watched. `whole` has PATH_MAX bytes. */
static const char *watched(int dirfd, const char *path, char *whole) {
  if (log_fd < 0 || path == NULL) return NULL;
  if (path[0] == '/') {
    if (strlen(path) >= PATH_MAX) return NULL;
    strcpy(whole, path);
  } else {
    char link[64], base[PATH_MAX];
    ssize_t length;
    if (dirfd == AT_FDCWD) {
      if (getcwd(base, sizeof base) == NULL) return NULL;
    } else {
      snprintf(link, sizeof link, "/proc/self/fd/%d", dirfd);
      if ((length = readlink(link, base, sizeof base - 1)) < 0) return NULL;
      base[length] = '\0';
    }
    if (snprintf(whole, PATH_MAX, "%s/%s", base, path) >= PATH_MAX) return NULL;
  }
  size_t length = strlen(whole);
  while (length > 1 && whole[length - 1] == '/') whole[--length] = '\0';
  if (strncmp(whole, root, root_length) != 0) return NULL;
  if (whole[root_length] != '/' && whole[root_length] != '\0') return NULL;
  if (ends_with(whole, "-shm") || ends_with(whole, "/ballast")) return NULL;
  return whole[root_length] == '\0' ? "/" : whole + root_length;
}

static struct known *known(int fd) {
  struct stat now;
  if (log_fd < 0 || fd < 0 || fd >= MAX_FD || fds[fd].kind == NOTHING) return NULL;
  /* libuv closes by the system call itself: a number may stand for something else by now. */
  if (fstat(fd, &now) != 0 || now.st_ino != fds[fd].ino || now.st_dev != fds[fd].dev) {
    fds[fd].kind = NOTHING;
    return NULL;
  }
  return &fds[fd];
}

static void remember(int fd, enum kind kind, const struct stat *status, uint64_t id) {
  if (fd >= MAX_FD) give_up("too many descriptors", "fd");
  fds[fd] = (struct known){kind, status->st_dev, status->st_ino, id};
}

static int open_watched(int dirfd, const char *path, int flags, mode_t mode) {
  char whole[PATH_MAX];
  struct stat before, after;
  pthread_mutex_lock(&lock);
  const char *below = watched(dirfd, path, whole);
  int is_new = below != NULL && (flags & O_CREAT) != 0 && lstat(whole, &before) != 0;
  int fd = (int)syscall(SYS_openat, dirfd, path, flags, mode);
  int error = errno;
  if (fd >= 0 && fd < MAX_FD) fds[fd].kind = NOTHING;
  if (fd >= 0 && below != NULL && fstat(fd, &after) == 0) {
    uint64_t id = (uint64_t)after.st_ino;
    if (is_new) record(CREATE, id, 0, below, strlen(below), NULL, 0);
    else if ((flags & O_TRUNC) != 0) record(TRUNCATE, id, 0, NULL, 0, NULL, 0);
    remember(fd, S_ISDIR(after.st_mode) ? DIR_KIND : FILE_KIND, &after, id);
  }
  pthread_mutex_unlock(&lock);
  errno = error;
  return fd;
}

#define MODE_OF(flags)                                   \
  mode_t mode = 0;                                       \
  if (((flags) & (O_CREAT | O_TMPFILE)) != 0) {          \
    va_list rest;                                        \
    va_start(rest, flags);                               \
    mode = (mode_t)va_arg(rest, int);                    \
    va_end(rest);                                        \
  }

int open(const char *path, int flags, ...) { MODE_OF(flags) return open_watched(AT_FDCWD, path, flags, mode); }
int open64(const char *path, int flags, ...) { MODE_OF(flags) return open_watched(AT_FDCWD, path, flags, mode); }
int openat(int dirfd, const char *path, int flags, ...) { MODE_OF(flags) return open_watched(dirfd, path, flags, mode); }
int openat64(int dirfd, const char *path, int flags, ...) { MODE_OF(flags) return open_watched(dirfd, path, flags, mode); }
int creat(const char *path, mode_t mode) { return open_watched(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode); }

/* Records `done` bytes of `parts` that were written at `offset`. */
static void wrote(const struct known *to, const struct iovec *parts, int count, size_t done, uint64_t offset) {
  for (int i = 0; i < count && done > 0; i++) {
    size_t length = parts[i].iov_len < done ? parts[i].iov_len : done;
    record(WRITE, to->id, offset, parts[i].iov_base, length, NULL, 0);
    offset += length;
    done -= length;
  }
}

static void sent(const struct known *to, const struct iovec *parts, int count) {
  for (int i = 0; i < count; i++) record(SENT, to->id, 0, parts[i].iov_base, parts[i].iov_len, NULL, 0);
}

/* With `at` < 0 at the descriptor's own position. */
static ssize_t write_watched(int fd, const struct iovec *parts, int count, off_t at) {
  pthread_mutex_lock(&lock);
  const struct known *to = known(fd);
  ssize_t done;
  if (to != NULL && to->kind == SOCKET_KIND) {
    /* Only what is taken counts as said: the rest is offered again. */
    done = syscall(SYS_writev, fd, parts, count);
    int error = errno;
    size_t left = done < 0 ? 0 : (size_t)done;
    for (int i = 0; i < count && left > 0; i++) {
      struct iovec part = {parts[i].iov_base, parts[i].iov_len < left ? parts[i].iov_len : left};
      sent(to, &part, 1);
      left -= part.iov_len;
    }
    pthread_mutex_unlock(&lock);
    errno = error;
    return done;
  }
  if (at < 0) done = syscall(SYS_writev, fd, parts, count);
  else done = syscall(SYS_pwritev, fd, parts, count, (unsigned long)at, (unsigned long)0);
  int error = errno;
  if (to != NULL && to->kind == FILE_KIND && done > 0) {
    off_t offset = at < 0 ? lseek(fd, 0, SEEK_CUR) - done : at;
    wrote(to, parts, count, (size_t)done, (uint64_t)offset);
  }
  pthread_mutex_unlock(&lock);
  errno = error;
  return done;
}

ssize_t write(int fd, const void *bytes, size_t length) {
  if (log_fd < 0 || fd < 0 || fd >= MAX_FD || fds[fd].kind == NOTHING) return syscall(SYS_write, fd, bytes, length);
  struct iovec part = {(void *)bytes, length};
  return write_watched(fd, &part, 1, -1);
}
ssize_t writev(int fd, const struct iovec *parts, int count) { return write_watched(fd, parts, count, -1); }
ssize_t pwrite(int fd, const void *bytes, size_t length, off_t at) {
  struct iovec part = {(void *)bytes, length};
  return write_watched(fd, &part, 1, at);
}
ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t at) { return pwrite(fd, bytes, length, at); }
ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t at) { return write_watched(fd, parts, count, at); }
ssize_t pwritev64(int fd, const struct iovec *parts, int count, off64_t at) { return write_watched(fd, parts, count, at); }

ssize_t sendmsg(int fd, const struct msghdr *message, int flags) {
  pthread_mutex_lock(&lock);
  const struct known *to = known(fd);
  if (to != NULL) sent(to, message->msg_iov, (int)message->msg_iovlen);
  ssize_t done = syscall(SYS_sendmsg, fd, message, flags);
  pthread_mutex_unlock(&lock);
  return done;
}
ssize_t send(int fd, const void *bytes, size_t length, int flags) {
  pthread_mutex_lock(&lock);
  const struct known *to = known(fd);
  struct iovec part = {(void *)bytes, length};
  if (to != NULL) sent(to, &part, 1);
  ssize_t done = syscall(SYS_sendto, fd, bytes, length, flags, NULL, 0);
  pthread_mutex_unlock(&lock);
  return done;
}

static ssize_t received(int fd, const void *bytes, ssize_t length) {
  if (length <= 0 || log_fd < 0 || fd < 0 || fd >= MAX_FD || fds[fd].kind != SOCKET_KIND) return length;
  int error = errno;
  pthread_mutex_lock(&lock);
  const struct known *from = known(fd);
  if (from != NULL) record(RECEIVED, from->id, 0, bytes, (size_t)length, NULL, 0);
  pthread_mutex_unlock(&lock);
  errno = error;
  return length;
}
ssize_t read(int fd, void *bytes, size_t length) { return received(fd, bytes, syscall(SYS_read, fd, bytes, length)); }
ssize_t recv(int fd, void *bytes, size_t length, int flags) {
  return received(fd, bytes, syscall(SYS_recvfrom, fd, bytes, length, flags, NULL, NULL));
}

static int accepted(int fd) {
  int error = errno;
  struct stat status;
  struct sockaddr_storage here;
  socklen_t length = sizeof here;
  pthread_mutex_lock(&lock);
  if (fd >= 0 && log_fd >= 0 && fstat(fd, &status) == 0 && getsockname(fd, (struct sockaddr *)&here, &length) == 0) {
    uint64_t port = 0;
    if (here.ss_family == AF_INET) port = ntohs(((struct sockaddr_in *)&here)->sin_port);
    if (here.ss_family == AF_INET6) port = ntohs(((struct sockaddr_in6 *)&here)->sin6_port);
    remember(fd, SOCKET_KIND, &status, ++connections);
    record(ACCEPT, connections, port, NULL, 0, NULL, 0);
  }
  pthread_mutex_unlock(&lock);
  errno = error;
  return fd;
}
int accept(int fd, struct sockaddr *address, socklen_t *length) {
  return accepted((int)syscall(SYS_accept4, fd, address, length, 0));
}
int accept4(int fd, struct sockaddr *address, socklen_t *length, int flags) {
  return accepted((int)syscall(SYS_accept4, fd, address, length, flags));
}

static int sync_watched(int fd, long call) {
  pthread_mutex_lock(&lock);
  const struct known *of = known(fd);
  int done = (int)syscall(call, fd);
  int error = errno;
  if (done == 0 && of != NULL && of->kind != SOCKET_KIND) record(SYNC, of->id, 0, NULL, 0, NULL, 0);
  pthread_mutex_unlock(&lock);
  errno = error;
  return done;
}
int fsync(int fd) { return sync_watched(fd, SYS_fsync); }
int fdatasync(int fd) { return sync_watched(fd, SYS_fdatasync); }

static int truncate_watched(int fd, off_t size) {
  pthread_mutex_lock(&lock);
  const struct known *of = known(fd);
  int done = (int)syscall(SYS_ftruncate, fd, size);
  int error = errno;
  if (done == 0 && of != NULL) record(TRUNCATE, of->id, (uint64_t)size, NULL, 0, NULL, 0);
  pthread_mutex_unlock(&lock);
  errno = error;
  return done;
}
int ftruncate(int fd, off_t size) { return truncate_watched(fd, size); }
int ftruncate64(int fd, off64_t size) { return truncate_watched(fd, size); }

/* One change of directory entries: the call, then its record. */
#define CHANGE(type, first_dir, first, has_second, second_dir, second, call)               \
  char a_whole[PATH_MAX], b_whole[PATH_MAX];                                               \
  pthread_mutex_lock(&lock);                                                               \
  const char *a = watched(first_dir, first, a_whole);                                      \
  const char *b = (has_second) ? watched(second_dir, second, b_whole) : NULL;              \
  long done = (call);                                                                      \
  int error = errno;                                                                       \
  struct stat status;                                                                      \
  uint64_t id = done == 0 && (type) == MKDIR && a != NULL && stat(a_whole, &status) == 0   \
                    ? (uint64_t)status.st_ino : 0;                                         \
  if (done == 0 && (has_second) && (a == NULL) != (b == NULL))                             \
    give_up("moved across its border", first);                                             \
  if (done == 0 && a != NULL)                                                              \
    record(type, id, 0, a, strlen(a), b == NULL ? "" : b, b == NULL ? 0 : strlen(b));      \
  pthread_mutex_unlock(&lock);                                                             \
  errno = error;                                                                           \
  return (int)done;

int rename(const char *from, const char *to) {
  CHANGE(RENAME, AT_FDCWD, from, 1, AT_FDCWD, to, syscall(SYS_renameat, AT_FDCWD, from, AT_FDCWD, to))
}
int renameat(int from_dir, const char *from, int to_dir, const char *to) {
  CHANGE(RENAME, from_dir, from, 1, to_dir, to, syscall(SYS_renameat, from_dir, from, to_dir, to))
}
int renameat2(int from_dir, const char *from, int to_dir, const char *to, unsigned flags) {
  CHANGE(RENAME, from_dir, from, 1, to_dir, to, syscall(SYS_renameat2, from_dir, from, to_dir, to, flags))
}
int link(const char *from, const char *to) {
  CHANGE(LINK, AT_FDCWD, from, 1, AT_FDCWD, to, syscall(SYS_linkat, AT_FDCWD, from, AT_FDCWD, to, 0))
}
int linkat(int from_dir, const char *from, int to_dir, const char *to, int flags) {
  CHANGE(LINK, from_dir, from, 1, to_dir, to, syscall(SYS_linkat, from_dir, from, to_dir, to, flags))
}
static int unlink_watched(int dirfd, const char *path, int flags) {
  CHANGE(((flags & AT_REMOVEDIR) != 0 ? RMDIR : UNLINK), dirfd, path, 0, 0, NULL,
         syscall(SYS_unlinkat, dirfd, path, flags))
}
int unlink(const char *path) { return unlink_watched(AT_FDCWD, path, 0); }
int unlinkat(int dirfd, const char *path, int flags) { return unlink_watched(dirfd, path, flags); }
int rmdir(const char *path) { return unlink_watched(AT_FDCWD, path, AT_REMOVEDIR); }
int remove(const char *path) {
  int done = unlink_watched(AT_FDCWD, path, 0);
  return done != 0 && (errno == EISDIR || errno == EPERM) ? rmdir(path) : done;
}
int mkdir(const char *path, mode_t mode) {
  CHANGE(MKDIR, AT_FDCWD, path, 0, 0, NULL, syscall(SYS_mkdirat, AT_FDCWD, path, mode))
}
int mkdirat(int dirfd, const char *path, mode_t mode) {
  CHANGE(MKDIR, dirfd, path, 0, 0, NULL, syscall(SYS_mkdirat, dirfd, path, mode))
}
/* glibc makes it by its own mkdir, unseen. */
char *mkdtemp(char *template) {
  static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789";
  size_t length = strlen(template);
  for (int tries = 0; tries < 100; tries++) {
    unsigned char random[6];
    if (length < 6 || syscall(SYS_getrandom, random, sizeof random, 0) != sizeof random) break;
    for (int i = 0; i < 6; i++) template[length - 6 + (size_t)i] = letters[random[i] % 36];
    if (mkdir(template, 0700) == 0) return template;
    if (errno != EEXIST) return NULL;
  }
  errno = EEXIST;
  return NULL;
}

/* What cannot be followed. */
static int is_file(int fd) {
  pthread_mutex_lock(&lock);
  const struct known *of = known(fd);
  int is = of != NULL && of->kind == FILE_KIND;
  pthread_mutex_unlock(&lock);
  return is;
}
void *mmap(void *address, size_t length, int protection, int flags, int fd, off_t offset) {
  if (fd >= 0 && (flags & MAP_SHARED) != 0 && (protection & PROT_WRITE) != 0 && is_file(fd))
    give_up("a watched file is mapped for writing", "mmap");
  return (void *)syscall(SYS_mmap, address, length, protection, flags, fd, offset);
}
void *mmap64(void *address, size_t length, int protection, int flags, int fd, off64_t offset) {
  return mmap(address, length, protection, flags, fd, offset);
}
ssize_t copy_file_range(int from, off64_t *from_at, int to, off64_t *to_at, size_t length, unsigned flags) {
  if (is_file(to)) give_up("a watched file is copied into", "copy_file_range");
  return syscall(SYS_copy_file_range, from, from_at, to, to_at, length, flags);
}
ssize_t sendfile64(int to, int from, off64_t *at, size_t length) {
  if (is_file(to)) give_up("a watched file is copied into", "sendfile");
  return syscall(SYS_sendfile, to, from, at, length);
}
int fallocate(int fd, int mode, off_t offset, off_t length) {
  if (is_file(fd)) give_up("a watched file is allocated", "fallocate");
  return (int)syscall(SYS_fallocate, fd, mode, offset, length);
}
int posix_fallocate(int fd, off_t offset, off_t length) {
  return fallocate(fd, 0, offset, length) == 0 ? 0 : errno;
}
int truncate(const char *path, off_t size) {
  char whole[PATH_MAX];
  if (watched(AT_FDCWD, path, whole) != NULL) give_up("a watched file is cut by its name", path);
  return (int)syscall(SYS_truncate, path, size);
}
int sync_file_range(int fd, off64_t offset, off64_t length, unsigned flags) {
  /* It promises nothing about what is needed to read the data again: it counts for no sync. */
  return (int)syscall(SYS_sync_file_range, fd, offset, length, flags);
}
