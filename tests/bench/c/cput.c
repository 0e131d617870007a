// The practical limit: epoll, keep-alive, head and body in one writev, sendfile for large files; with TLS 256 KiB blocks.
// usage: cput PORT IN_FLIGHT LIST [tls]       LIST: one "FILE<tab>PATH" a line; prints one JSON line
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>
#ifdef TLS
#include <openssl/err.h>
#include <openssl/ssl.h>
static SSL_CTX *context;
#endif
#define BLOCK (256 * 1024)

typedef struct {
  int fd, file, filled, written, got;
  off_t at, size;
#ifdef TLS
  SSL *ssl;
#endif
  char *block, back[4096];
} conn;

static char **files, **paths, token[800];
static int count, taken, ended;

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec * 1e-9;
}

static void die(const char *why) {
  perror(why);
  exit(1);
}

#ifdef TLS
// 1: all written; 0: later
static int pump_sealed(conn *c) {
  for (;;) {
    while (c->written < c->filled) {
      ERR_clear_error();
      int n = SSL_write(c->ssl, c->block + c->written, c->filled - c->written);
      if (n <= 0) {
        int e = SSL_get_error(c->ssl, n);
        if (e == SSL_ERROR_WANT_READ || e == SSL_ERROR_WANT_WRITE) return 0;
        die("SSL_write");
      }
      c->written += n;
    }
    if (c->at >= c->size) return 1;
    ssize_t n = read(c->file, c->block, BLOCK);
    if (n <= 0) die("read");
    c->at += n;
    c->filled = n;
    c->written = 0;
  }
}
#endif

static void pump(conn *c) {
#ifdef TLS
  if (c->ssl) {
    pump_sealed(c);
    return;
  }
#endif
  while (c->at < c->size)
    if (sendfile(c->fd, c->file, &c->at, c->size - c->at) < 0) {
      if (errno == EAGAIN) return;
      die("sendfile");
    }
}

static int begin(conn *c) {
  if (taken >= count) return 0;
  int at = taken++;
  struct stat found;
  c->file = open(files[at], O_RDONLY | O_CLOEXEC);
  if (c->file < 0 || fstat(c->file, &found)) die(files[at]);
  c->size = found.st_size;
  c->at = c->got = c->written = 0;
  int head = sprintf(c->block,
                     "PUT %s HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: %.300s\r\nx-cos-security-token: %.799s\r\n"
                     "x-cos-meta-fileid: %.100s\r\nContent-Length: %lld\r\n\r\n",
                     paths[at], token, token, token, (long long)c->size);
  c->filled = head;
#ifdef TLS
  if (c->ssl) {
    ssize_t n = read(c->file, c->block + head, BLOCK - head);
    if (n < 0) die("read");
    c->at = n;
    c->filled += n;
    pump(c);
    return 1;
  }
#endif
  if (c->size <= 65536) {
    ssize_t n = read(c->file, c->block + head, 65536);
    if (send(c->fd, c->block, head + n, MSG_NOSIGNAL) != head + n) die("send");
    c->at = c->size;
  } else {
    if (send(c->fd, c->block, head, MSG_MORE | MSG_NOSIGNAL) != head) die("send");
    pump(c);
  }
  return 1;
}

static ssize_t take_in(conn *c) {
#ifdef TLS
  if (c->ssl) {
    ERR_clear_error();
    int n = SSL_read(c->ssl, c->back + c->got, sizeof c->back - c->got - 1);
    return n > 0 ? n : SSL_get_error(c->ssl, n) == SSL_ERROR_ZERO_RETURN ? 0 : -1;
  }
#endif
  return recv(c->fd, c->back + c->got, sizeof c->back - c->got - 1, MSG_DONTWAIT);
}

int main(int argc, char **argv) {
  if (argc < 4) return 2;
  int port = atoi(argv[1]), in_flight = atoi(argv[2]), live = 0, one = 1, ep = epoll_create1(0);
  char line[4096];
  FILE *list = fopen(argv[3], "r");
  signal(SIGPIPE, SIG_IGN);
  memset(token, 'k', sizeof token - 1);
  files = malloc(sizeof *files * 1000001);
  paths = malloc(sizeof *paths * 1000001);
  while (count < 1000000 && fgets(line, sizeof line, list)) {
    line[strcspn(line, "\n")] = 0;
    char *tab = strchr(line, '\t');
    if (!tab) return 2;
    *tab = 0;
    files[count] = strdup(line);
    paths[count++] = strdup(tab + 1);
  }
#ifdef TLS
  if (argc > 4) {
    context = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  }
#else
  if (argc > 4) return 3;
#endif
  double began = now();
  if (in_flight > count) in_flight = count;
  conn *all = calloc(in_flight, sizeof *all);
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  for (int i = 0; i < in_flight; i++) {
    conn *c = all + i;
    c->block = malloc(BLOCK + 4096);
    c->fd = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(c->fd, (void *)&to, sizeof to)) die("connect");
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
#ifdef TLS
    if (context) {
      c->ssl = SSL_new(context);
      SSL_set_fd(c->ssl, c->fd);
      if (SSL_connect(c->ssl) != 1) die("SSL_connect");
    }
#endif
    fcntl(c->fd, F_SETFL, O_NONBLOCK);
    struct epoll_event e = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = c};
    epoll_ctl(ep, EPOLL_CTL_ADD, c->fd, &e);
    live += begin(c);
  }
  struct epoll_event events[256];
  while (live) {
    int n = epoll_wait(ep, events, 256, -1);
    for (int i = 0; i < n; i++) {
      conn *c = events[i].data.ptr;
      for (;;) {
        pump(c);
        ssize_t r = take_in(c);
        if (r == 0) die("closed");
        if (r < 0) break;
        c->got += r;
        c->back[c->got] = 0;
        if (!strstr(c->back, "\r\n\r\n")) continue;
        if (strncmp(c->back, "HTTP/1.1 200", 12)) die("not a 200");
        close(c->file);
        ended++;
        if (!begin(c)) {
          c->size = c->at = c->filled = c->written = 0;
          live--;
          break;
        }
      }
    }
  }
  double seconds = now() - began;
  struct rusage used;
  getrusage(RUSAGE_SELF, &used);
  double cpu = used.ru_utime.tv_sec + used.ru_stime.tv_sec + (used.ru_utime.tv_usec + used.ru_stime.tv_usec) * 1e-6;
  printf("{\"seconds\": %.4f, \"cpu\": %.4f, \"objects\": %d}\n", seconds, cpu, ended);
  return 0;
}
