/* A disk that breaks on demand: loaded before libc, it fails open, write and flush of files whose path has a word in it.
 * The plan is the file named by BREAKING_DISK, read anew whenever it has changed: lines of
 *   <open|write|fsync> <word in the path> <errno> <first> <last>
 * where first and last count the matching calls since the plan was read; last 0: for ever. An errno of 0: the call hangs
 * until the plan is another one. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define LINES 32
static struct { char call[8]; char word[64]; int error; long first, last, seen; } plan[LINES];
static int planned = 0;
static struct timespec readAt = {0, 0};
static ino_t readInode = 0;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void look(void) {
  const char *file = getenv("BREAKING_DISK");
  struct stat now;
  if (file == NULL || stat(file, &now) != 0) { planned = 0; return; }
  if (now.st_ino == readInode && now.st_mtim.tv_sec == readAt.tv_sec && now.st_mtim.tv_nsec == readAt.tv_nsec) return;
  readAt = now.st_mtim;
  readInode = now.st_ino;
  planned = 0;
  char text[4096];
  int fd = syscall(SYS_openat, AT_FDCWD, file, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return;
  long n = syscall(SYS_read, fd, text, sizeof text - 1);
  syscall(SYS_close, fd);
  text[n < 0 ? 0 : n] = 0;
  char *rest = NULL;
  for (char *line = strtok_r(text, "\n", &rest); line != NULL && planned < LINES; line = strtok_r(NULL, "\n", &rest)) {
    plan[planned].seen = 0;
    if (sscanf(line, "%7s %63s %d %ld %ld", plan[planned].call, plan[planned].word, &plan[planned].error,
               &plan[planned].first, &plan[planned].last) == 5)
      planned++;
  }
}

/* What the plan has for this call: an errno, HANGS, or FINE. */
enum { HANGS = 0, FINE = -1 };
static int planFor(const char *call, const char *path) {
  int error = FINE;
  pthread_mutex_lock(&lock);
  look();
  for (int i = 0; i < planned; i++) {
    if (strcmp(plan[i].call, call) != 0 || strstr(path, plan[i].word) == NULL) continue;
    long n = ++plan[i].seen;
    if (n >= plan[i].first && (plan[i].last == 0 || n <= plan[i].last)) error = plan[i].error;
  }
  pthread_mutex_unlock(&lock);
  return error;
}

/* Whether this call fails; errno is set. */
static int fails(const char *call, const char *path) {
  int error;
  while ((error = planFor(call, path)) == HANGS) {
    struct timespec a_while = {0, 20 * 1000 * 1000};
    nanosleep(&a_while, NULL);
  }
  if (error == FINE) return 0;
  errno = error;
  return 1;
}

static int failsFd(const char *call, int fd) {
  char link[64], path[1024];
  int before = errno;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t n = readlink(link, path, sizeof path - 1);
  errno = before;
  if (n <= 0 || path[0] != '/') return 0;
  path[n] = 0;
  return fails(call, path);
}

#define REAL(name) static __typeof__(&name) real = NULL; if (real == NULL) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)
#define MODE va_list rest; va_start(rest, flags); mode_t mode = (flags & (O_CREAT | O_TMPFILE)) ? va_arg(rest, mode_t) : 0; va_end(rest)

int open(const char *path, int flags, ...) { MODE; REAL(open); return fails("open", path) ? -1 : real(path, flags, mode); }
int open64(const char *path, int flags, ...) { MODE; REAL(open64); return fails("open", path) ? -1 : real(path, flags, mode); }
int openat(int dir, const char *path, int flags, ...) { MODE; REAL(openat); return fails("open", path) ? -1 : real(dir, path, flags, mode); }
int openat64(int dir, const char *path, int flags, ...) { MODE; REAL(openat64); return fails("open", path) ? -1 : real(dir, path, flags, mode); }
ssize_t write(int fd, const void *b, size_t n) { REAL(write); return failsFd("write", fd) ? -1 : real(fd, b, n); }
ssize_t pwrite(int fd, const void *b, size_t n, off_t o) { REAL(pwrite); return failsFd("write", fd) ? -1 : real(fd, b, n, o); }
ssize_t pwrite64(int fd, const void *b, size_t n, off64_t o) { REAL(pwrite64); return failsFd("write", fd) ? -1 : real(fd, b, n, o); }
ssize_t writev(int fd, const struct iovec *v, int n) { REAL(writev); return failsFd("write", fd) ? -1 : real(fd, v, n); }
int fsync(int fd) { REAL(fsync); return failsFd("fsync", fd) ? -1 : real(fd); }
int fdatasync(int fd) { REAL(fdatasync); return failsFd("fsync", fd) ? -1 : real(fd); }
