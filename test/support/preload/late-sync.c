/*
 * A disk that lies: fsync and fdatasync say "done" at once and do it a little later, in another thread. Preloaded
 * into the server, it makes every acknowledgement come before its sync, which the trace checker has to see.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <stdint.h>
#include <unistd.h>

static const useconds_t LATE_US = 250000;

static void *sync_later(void *argument) {
  int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
  usleep(LATE_US);
  real((int)(intptr_t)argument);
  return NULL;
}

static int lie(int fd) {
  pthread_t thread;
  if (pthread_create(&thread, NULL, sync_later, (void *)(intptr_t)fd) != 0) return -1;
  pthread_detach(thread);
  return 0;
}

int fsync(int fd) { return lie(fd); }
int fdatasync(int fd) { return lie(fd); }
