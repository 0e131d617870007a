// A sink for PUTs that is fast enough not to be the limit: one thread, epoll, bodies dropped in the kernel.
// usage: sink DELAY_MS LOG|- [CERT KEY]      prints "PORT"; an "s" on stdin prints and resets the counts; its end ends it
// With a LOG it verifies: it reads every byte, computes CRC-64/XZ (slicing by 8), answers with that, and writes a line
// "SIZE CRC PATH" for each object. Without, it answers with the CRC that the path names: /b/<crc>/<key>.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#ifdef TLS
#include <openssl/err.h>
#include <openssl/ssl.h>
static SSL_CTX *context;
#endif

enum { HEAD, BODY, WAIT };
#define ROOM 65536

typedef struct conn {
  int fd, state, used, method, queued, dead, shaken;
  long long size, left;
  uint64_t crc;
  double due;
  struct conn *next;
#ifdef TLS
  SSL *ssl;
#endif
  char path[1024];
  char head[ROOM];
} conn;

static unsigned long long puts_seen, bytes_seen;
static double delay;
static conn *first, *last;
static char scratch[1 << 20];
static FILE *record;
static uint64_t table[8][256];

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec * 1e-9;
}

static void make_table(void) {
  for (int i = 0; i < 256; i++) {
    uint64_t c = i;
    for (int k = 0; k < 8; k++) c = c & 1 ? (c >> 1) ^ 0xC96C5795D7870F42ULL : c >> 1;
    table[0][i] = c;
  }
  for (int i = 0; i < 256; i++)
    for (int k = 1; k < 8; k++) table[k][i] = table[0][table[k - 1][i] & 255] ^ (table[k - 1][i] >> 8);
}

static uint64_t crc64(uint64_t crc, const unsigned char *p, size_t n) {
  crc = ~crc;
  for (; n >= 8; p += 8, n -= 8) {
    uint64_t w;
    memcpy(&w, p, 8);
    w ^= crc;
    crc = table[7][w & 255] ^ table[6][w >> 8 & 255] ^ table[5][w >> 16 & 255] ^ table[4][w >> 24 & 255] ^
          table[3][w >> 32 & 255] ^ table[2][w >> 40 & 255] ^ table[1][w >> 48 & 255] ^ table[0][w >> 56];
  }
  for (; n; n--) crc = table[0][(crc ^ *p++) & 255] ^ (crc >> 8);
  return ~crc;
}

static ssize_t put_out(conn *c, const char *data, int n) {
#ifdef TLS
  if (c->ssl) return SSL_write(c->ssl, data, n);
#endif
  return send(c->fd, data, n, MSG_NOSIGNAL);
}

// > 0: bytes; 0: nothing now; < 0: over
static ssize_t take_in(conn *c, char *to, size_t room, int flags) {
  ssize_t n;
#ifdef TLS
  if (c->ssl) {
    n = SSL_read(c->ssl, to, room);
    return n > 0 ? n : SSL_get_error(c->ssl, n) == SSL_ERROR_WANT_READ ? 0 : -1;
  }
#endif
  n = recv(c->fd, to, room, MSG_DONTWAIT | flags);
  return n > 0 ? n : n < 0 && errno == EAGAIN ? 0 : -1;
}

static void drop(conn *c) {
  if (c->fd >= 0) {
#ifdef TLS
    if (c->ssl) SSL_free(c->ssl);
#endif
    close(c->fd);
    c->fd = -1;
  }
  if (c->queued) c->dead = 1;
  else free(c);
}

static void answer(conn *c) {
  char text[2048], crc[32] = "0";
  const char *body = "", *status = "200 OK";
  c->state = HEAD;
  if (c->method == 'G')
    body = strstr(c->path, "location")
               ? "<?xml version=\"1.0\"?><LocationConstraint xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"/>"
               : "<?xml version=\"1.0\"?><ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Name>b</Name>"
                 "<Prefix></Prefix><KeyCount>0</KeyCount><MaxKeys>1000</MaxKeys><IsTruncated>false</IsTruncated>"
                 "</ListBucketResult>";
  else if (c->method == 'H') status = "404 Not Found";
  else if (c->method != 'P') status = "405 Method Not Allowed";
  if (record) snprintf(crc, sizeof crc, "%llu", (unsigned long long)c->crc);
  else if (!strncmp(c->path, "/b/", 3) && strspn(c->path + 3, "0123456789") < 24)
    snprintf(crc, sizeof crc, "%.*s", (int)strspn(c->path + 3, "0123456789"), c->path + 3);
  int n = snprintf(text, sizeof text,
                   "HTTP/1.1 %s\r\nServer: sink\r\nETag: \"d41d8cd98f00b204e9800998ecf8427e-1\"\r\nx-cos-request-id: NjU\r\n"
                   "x-cos-hash-crc64ecma: %s\r\nContent-Type: application/xml\r\nContent-Length: %zu\r\n\r\n%s",
                   status, *crc ? crc : "0", strlen(body), body);
  put_out(c, text, n);  // where that fails, its end will be read
}

static void whole(conn *c) {
  if (c->method == 'P') {
    puts_seen++;
    if (record) fprintf(record, "%lld %llu %s\n", c->size, (unsigned long long)c->crc, c->path);
  }
  if (delay <= 0) return answer(c);
  c->due = now() + delay;
  c->queued = 1;
  c->next = 0;
  if (last) last->next = c;
  else first = c;
  last = c;
  c->state = WAIT;
}

static void eat(conn *c, const char *data, size_t n) {
  if (record && data) c->crc = crc64(c->crc, (const unsigned char *)data, n);
  c->left -= n;
  bytes_seen += n;
}

static int parse(conn *c) {
  while (c->state == HEAD && c->used > 0) {
    char *end = memmem(c->head, c->used, "\r\n\r\n", 4);
    if (!end) return c->used < ROOM ? 0 : -1;
    int length = end - c->head + 4, expects = 0;
    *end = 0;
    char *from = strchr(c->head, ' '), *to = from ? strchr(from + 1, ' ') : 0;
    if (!to || to - from > (int)sizeof c->path) return -1;
    c->method = !strncmp(c->head, "PUT", 3) ? 'P' : !strncmp(c->head, "HEAD", 4) ? 'H' : *c->head == 'G' ? 'G' : '?';
    memcpy(c->path, from + 1, to - from - 1);
    c->path[to - from - 1] = 0;
    c->size = c->crc = 0;
    for (char *line = strstr(c->head, "\r\n"); line; line = strstr(line, "\r\n")) {
      line += 2;
      if (!strncasecmp(line, "content-length:", 15)) c->size = atoll(line + 15);
      else if (!strncasecmp(line, "expect:", 7)) expects = 1;
      else if (!strncasecmp(line, "transfer-encoding:", 18)) return -1;
    }
    c->left = c->size;
    if (expects) put_out(c, "HTTP/1.1 100 Continue\r\n\r\n", 25);
    long long here = c->used - length;
    if (here > c->left) here = c->left;
    eat(c, c->head + length, here);
    c->used -= length + here;
    memmove(c->head, c->head + length + here, c->used);
    if (c->left > 0) c->state = BODY;
    else whole(c);
  }
  return 0;
}

static int readable(conn *c) {
#ifdef TLS
  ERR_clear_error();
  if (c->ssl && !c->shaken) {
    int r = SSL_accept(c->ssl);
    if (r != 1) return SSL_get_error(c->ssl, r) == SSL_ERROR_WANT_READ ? 0 : -1;
    c->shaken = 1;
  }
#endif
  for (int turn = 0; c->state != WAIT; turn++) {
    ssize_t n;
    int sealed = 0;
#ifdef TLS
    sealed = c->ssl != 0;
    if (sealed && turn >= 4096 && !SSL_has_pending(c->ssl)) break;
#endif
    if (!sealed && turn >= 64) break;
    if (c->state == BODY) {
      int kept = record || sealed;
      long long room = kept ? (long long)sizeof scratch : 64 << 20;
      n = take_in(c, scratch, c->left < room ? c->left : room, kept ? 0 : MSG_TRUNC);
      if (n <= 0) return n;
      eat(c, scratch, n);
      if (!c->left) whole(c);
      continue;
    }
    n = take_in(c, c->head + c->used, ROOM - c->used, 0);
    if (n <= 0) return n;
    c->used += n;
    if (parse(c) < 0) return -1;
  }
  return 0;
}

static void accept_all(int listener, int ep) {
  int fd, one = 1;
  while ((fd = accept4(listener, 0, 0, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    conn *c = malloc(sizeof *c);
    memset(c, 0, offsetof(conn, path));
    c->fd = fd;
#ifdef TLS
    if (context) {
      c->ssl = SSL_new(context);
      SSL_set_fd(c->ssl, fd);
      SSL_set_accept_state(c->ssl);
    }
#endif
    struct epoll_event e = {.events = EPOLLIN, .data.ptr = c};
    epoll_ctl(ep, EPOLL_CTL_ADD, fd, &e);
  }
}

static void command(void) {
  char word[64];
  if (read(0, word, sizeof word) <= 0) exit(0);
  if (record) fflush(record);
  printf("{\"puts\": %llu, \"bytes\": %llu}\n", puts_seen, bytes_seen);
  fflush(stdout);
  puts_seen = bytes_seen = 0;
}

static void send_due(void) {
  double t = now();
  while (first && first->due <= t) {
    conn *c = first;
    first = c->next;
    if (!first) last = 0;
    c->queued = 0;
    if (!c->dead) answer(c);
    if (c->dead || parse(c) < 0 || readable(c) < 0) drop(c);
  }
}

int main(int count, char **arguments) {
  if (signal(SIGPIPE, SIG_IGN) == SIG_ERR || count < 3) return 2;
  delay = atof(arguments[1]) / 1000;
  if (strcmp(arguments[2], "-")) record = fopen(arguments[2], "w");
  make_table();
#ifdef TLS
  if (count > 4) {
    context = SSL_CTX_new(TLS_server_method());
    if (SSL_CTX_use_certificate_chain_file(context, arguments[3]) != 1 ||
        SSL_CTX_use_PrivateKey_file(context, arguments[4], SSL_FILETYPE_PEM) != 1)
      return 3;
    SSL_CTX_set_read_ahead(context, 1);
    SSL_CTX_set_default_read_buffer_len(context, 512 * 1024);
  }
#endif
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), ep = epoll_create1(EPOLL_CLOEXEC);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof address;
  if (bind(listener, (void *)&address, length) || listen(listener, 4096)) return 4;
  getsockname(listener, (void *)&address, &length);
  printf("%d\n", ntohs(address.sin_port));
  fflush(stdout);
  struct epoll_event events[256], here = {.events = EPOLLIN, .data.ptr = 0}, told = {.events = EPOLLIN, .data.ptr = events};
  epoll_ctl(ep, EPOLL_CTL_ADD, listener, &here);
  epoll_ctl(ep, EPOLL_CTL_ADD, 0, &told);
  for (;;) {
    double wait = first ? first->due - now() : -1;
    int n = epoll_wait(ep, events, 256, !first ? -1 : wait <= 0 ? 0 : (int)(wait * 1000) + 1);
    for (int i = 0; i < n; i++) {
      conn *c = events[i].data.ptr;
      char byte;
      if (!c) accept_all(listener, ep);
      else if ((void *)c == (void *)events) command();
      else if (c->state == WAIT) {  // nothing to do but to see whether it has gone
        ssize_t r = recv(c->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
        if (r == 0 || (r < 0 && errno != EAGAIN)) drop(c);
      } else if (readable(c) < 0) drop(c);
    }
    send_due();
  }
}
