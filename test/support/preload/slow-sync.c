/*
 * A slower disk: fsync, fdatasync and sync_file_range take HOLDFAST_TEST_SYNC_DELAY_US microseconds longer than they
 * do, in the thread that calls them. Nothing is lost and nothing reordered.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static struct timespec delay;

__attribute__((constructor)) static void begin(void) {
  const char *text = getenv("HOLDFAST_TEST_SYNC_DELAY_US");
  long us = text == NULL ? 0 : atol(text);
  delay = (struct timespec){us / 1000000, us % 1000000 * 1000};
}

static int late(int result) {
  int error = errno;
  struct timespec left = delay;
  while (nanosleep(&left, &left) != 0 && errno == EINTR) continue;
  errno = error;
  return result;
}

int fsync(int fd) { return late(((int (*)(int))dlsym(RTLD_NEXT, "fsync"))(fd)); }
int fdatasync(int fd) { return late(((int (*)(int))dlsym(RTLD_NEXT, "fdatasync"))(fd)); }

int sync_file_range(int fd, off64_t offset, off64_t length, unsigned int flags) {
  typedef int (*real)(int, off64_t, off64_t, unsigned int);
  return late(((real)dlsym(RTLD_NEXT, "sync_file_range"))(fd, offset, length, flags));
}
