// What the sum of the even numbers is measured against: whole numbers, one sign at most, between separators; trusts its
// input. Build: cc -O3 -march=native -o sum-even sum-even.c -lpthread
//
//   sum-even simple <threads> <file>   digit by digit, as one would write it; 128-bit sum
//   sum-even masks <threads> <file>    the algorithm of the kernel, with AVX2
//   sum-even cached <passes> <file>    the same over the first 256 KiB of the file again and again, without reading
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#ifdef __AVX2__
#include <immintrin.h>
#endif

typedef __int128 wide;
enum { CHUNK = 256 * 1024, ROOM = 4096, PLACES = 64, MAX_THREADS = 64 };

typedef struct {
  int64_t positive[PLACES], negative[PLACES];
  uint64_t count;
} counters;

typedef struct {
  const char *path;
  int64_t from, to;
  int use_masks;
  wide sum;
  uint64_t count;
} part;

static int is_token(uint8_t byte) { return (uint8_t)(byte - '0') < 10 || byte == '-' || byte == '+'; }

#ifdef __AVX2__
static inline uint64_t bits(__m256i low, __m256i high) {
  return (uint32_t)_mm256_movemask_epi8(low) | (uint64_t)(uint32_t)_mm256_movemask_epi8(high) << 32;
}
static inline __m256i digits_of(__m256i x) {
  __m256i d = _mm256_sub_epi8(x, _mm256_set1_epi8('0'));
  return _mm256_cmpeq_epi8(_mm256_min_epu8(d, _mm256_set1_epi8(9)), d);
}
static inline __m256i separators_of(__m256i x) {
  const __m256i table = _mm256_setr_epi8(32, 0, 0, 0, 0, 0, 0, 0, 0, 9, 10, 59, 44, 13, 0, 0, 32, 0, 0, 0, 0, 0, 0, 0, 0,
                                         9, 10, 59, 44, 13, 0, 0);
  return _mm256_cmpeq_epi8(x, _mm256_shuffle_epi8(table, _mm256_and_si256(x, _mm256_set1_epi8(15))));
}
#define PLANE(shift) bits(_mm256_slli_epi16(x, shift), _mm256_slli_epi16(y, shift))
#define DIGIT_SUM(at)                                                                                                    \
  (__builtin_popcountll((at) & b0) + 2 * __builtin_popcountll((at) & b1) + 4 * __builtin_popcountll((at) & b2) +         \
   8 * __builtin_popcountll((at) & b3))

/* Tokens of [p, e), a separator at e - 1; reads up to 63 bytes behind e. */
static void add_masks(const uint8_t *p, const uint8_t *e, counters *c) {
  while (p < e) {
    __m256i x = _mm256_loadu_si256((const void *)p), y = _mm256_loadu_si256((const void *)(p + 32));
    uint64_t digits = bits(digits_of(x), digits_of(y));
    __m256i minus = _mm256_set1_epi8('-');
    uint64_t signs = bits(_mm256_cmpeq_epi8(x, minus), _mm256_cmpeq_epi8(y, minus));
    uint64_t separators = bits(separators_of(x), separators_of(y));
    uint64_t within = e - p < 64 ? ((uint64_t)1 << (e - p)) - 1 : ~(uint64_t)0;
    if (!(separators & within)) exit(3);
    int behind = __builtin_clzll(separators & within);
    uint64_t keep = ~(uint64_t)0 >> behind;
    digits &= keep;
    signs &= keep;
    if ((keep & ~(digits | signs | separators)) | (signs & (~(digits >> 1) | (digits | signs) << 1))) exit(4);
    uint64_t b0 = PLANE(7), b1 = PLANE(6), b2 = PLANE(5), b3 = PLANE(4);
    uint64_t last = digits & ~(digits >> 1), even = last & ~b0;
    c->count += __builtin_popcountll(last);
    if (signs) {
      uint64_t negative = even & ((((signs << 1) + digits) & ~digits) >> 1);
      even ^= negative;
      for (int place = 0; negative; place++, negative = negative >> 1 & digits) c->negative[place] += DIGIT_SUM(negative);
    }
    for (int place = 0; even; place++, even = even >> 1 & digits) c->positive[place] += DIGIT_SUM(even);
    p += 64 - behind;
  }
}
#else
static void add_masks(const uint8_t *p, const uint8_t *e, counters *c) {
  (void)p, (void)e, (void)c;
  exit(5);
}
#endif

static wide total(const counters *c) {
  wide sum = 0, weight = 1;
  for (int place = 0; place < 38; place++, weight *= 10) sum += weight * (c->positive[place] - c->negative[place]);
  return sum;
}

/* Tokens that start in [from, to). */
static void *run(void *argument) {
  part *a = argument;
  int file = open(a->path, O_RDONLY);
  uint8_t *room = calloc(1, ROOM + CHUNK + 64), *buffer = room + ROOM, *p;
  counters c = {0};
  int64_t at = a->from, value = 0;
  size_t carried = 0;
  int in_token = 0, is_negative = 0, is_skipping = 0, is_done = 0;
  uint8_t before;
  if (at > 0 && pread(file, &before, 1, at - 1) == 1) is_skipping = is_token(before);
  while (!is_done) {
    int64_t want = at < a->to ? (a->to - at < CHUNK ? a->to - at : CHUNK) : 1;
    ssize_t length = pread(file, buffer, want, at);
    int is_tail = at >= a->to;
    if (length <= 0) buffer[0] = '\n', length = 1, is_done = 1;
    if (is_tail && !in_token && !carried) break;
    uint8_t *e = buffer + length;
    for (p = buffer; is_skipping && p < e;) {
      if (is_token(*p)) p++;
      else is_skipping = 0;
    }
    if (a->use_masks) {
      uint8_t *end = e;
      while (end > p && is_token(end[-1])) end--;
      if (end > p) add_masks(p == buffer ? p - carried : p, end, &c), carried = 0;
      size_t rest = e - (end > p ? end : p);
      if (carried + rest > ROOM) exit(3);
      memmove(buffer - carried - rest, end > p ? end : p - carried, carried + rest);
      carried += rest;
      if (is_tail && !carried) is_done = 1;
    } else {
      for (; p < e; p++) {
        unsigned digit = *p - '0';
        if (digit < 10) {
          value = value * 10 + digit;
          in_token = 1;
        } else if (*p == '-') {
          is_negative = 1;
          in_token = 1;
        } else if (in_token && *p != '+') {
          a->count++;
          if (!(value & 1)) a->sum += is_negative ? -value : value;
          value = in_token = is_negative = 0;
        }
      }
      if (is_tail && !in_token) is_done = 1;
    }
    at += length;
  }
  if (a->use_masks) a->sum = total(&c), a->count = c.count;
  free(room);
  close(file);
  return 0;
}

static void print(wide sum, uint64_t count, double seconds) {
  char text[48], *at = text + sizeof text - 1;
  unsigned __int128 left = sum < 0 ? -sum : sum;
  *at = 0;
  do *--at = '0' + (int)(left % 10);
  while (left /= 10);
  if (sum < 0) *--at = '-';
  printf("%s %llu %.6f\n", at, (unsigned long long)count, seconds);
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

int main(int arguments, char **argument) {
  if (arguments != 4) return 2;
  int times = atoi(argument[2]);
  double started = now();
  if (!strcmp(argument[1], "cached")) {
    static uint8_t buffer[CHUNK + 64];
    int file = open(argument[3], O_RDONLY);
    ssize_t length = read(file, buffer, CHUNK);
    counters c = {0};
    while (length > 0 && is_token(buffer[length - 1])) length--;
    started = now();
    for (int pass = 0; pass < times; pass++) add_masks(buffer, buffer + length, &c);
    print(total(&c), c.count, now() - started);
    return 0;
  }
  struct stat info;
  if (stat(argument[3], &info) || times < 1 || times > MAX_THREADS) return 2;
  part parts[MAX_THREADS] = {0};
  pthread_t threads[MAX_THREADS];
  for (int i = 0; i < times; i++) {
    parts[i] = (part){.path = argument[3], .from = info.st_size * i / times, .to = info.st_size * (i + 1) / times,
                      .use_masks = !strcmp(argument[1], "masks")};
    pthread_create(&threads[i], 0, run, &parts[i]);
  }
  wide sum = 0;
  uint64_t count = 0;
  for (int i = 0; i < times; i++) {
    pthread_join(threads[i], 0);
    sum += parts[i].sum;
    count += parts[i].count;
  }
  print(sum, count, now() - started);
}
