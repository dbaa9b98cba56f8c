/* The floor under a durable completion: append SIZE bytes and fdatasync, N times, on the same disk.
 * Usage: floor FILE N SIZE     prints wall and CPU nanoseconds per operation. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e9 + t.tv_nsec;
}

static double cpu(void) {
  struct rusage u;
  getrusage(RUSAGE_SELF, &u);
  return (u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1e9 + (u.ru_utime.tv_usec + u.ru_stime.tv_usec) * 1e3;
}

int main(int argc, char **argv) {
  if (argc != 4) return 2;
  long n = atol(argv[2]), size = atol(argv[3]);
  char *bytes = malloc(size);
  memset(bytes, 'x', size);
  bytes[size - 1] = '\n';
  int fd = open(argv[1], O_WRONLY | O_CREAT | O_APPEND | O_TRUNC, 0600);
  if (fd < 0) return 1;
  double w = now(), c = cpu();
  for (long i = 0; i < n; i++) {
    if (write(fd, bytes, size) != size) return 1;
    if (fdatasync(fd) != 0) return 1;
  }
  printf("%.0f %.0f\n", (now() - w) / n, (cpu() - c) / n);
  return 0;
}
