/*
 * A disk that fails: while the file named by HOLDFAST_TEST_FAIL_SYNC is there, a sync of a write-ahead log (a path that
 * ends in "-wal") fails with EIO. What was written to it stays in the page cache, as on a real disk.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int is_log(int fd) {
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  return length > 4 && memcmp(path + length - 4, "-wal", 4) == 0;
}

static int sync_or_fail(const char *name, int fd) {
  const char *trigger = getenv("HOLDFAST_TEST_FAIL_SYNC");
  if (trigger != NULL && access(trigger, F_OK) == 0 && is_log(fd)) {
    errno = EIO;
    return -1;
  }
  return ((int (*)(int))dlsym(RTLD_NEXT, name))(fd);
}

int fsync(int fd) { return sync_or_fail("fsync", fd); }
int fdatasync(int fd) { return sync_or_fail("fdatasync", fd); }
