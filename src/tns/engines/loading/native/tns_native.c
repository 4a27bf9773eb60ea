/* The compiled part of extraction: fetch a block of Firebird messages, and encode it as PostgreSQL binary COPY.
 *
 * Plain C without headers of Python, Firebird or PostgreSQL: it is loaded with ctypes, which releases the interpreter's
 * lock around every call. What it does is defined by encoder.py, its twin; the same tests run over both.
 */
#include <stdlib.h>

#include "tns_integers.h"

#define API __attribute__((visibility("default")))
#define ABI_VERSION 2

typedef __int128 int128;

/* ---- shared with native.py ------------------------------------------------------------------------------------ */

enum { OP_TEXT = 1, OP_TEXT_NEEDED, OP_TEXT_OR_EMPTY, OP_NUMBER, OP_NUMBER_NEEDED, OP_DATE, OP_DATE_OF_WINDOW,
       OP_DOCUMENT_TYPE, OP_WAREHOUSE_TYPE, OP_PRODUCT };
enum { OK = 0, NO_DATE, OUTSIDE, NO_ARTICLE, NO_QUANTITY, BAD_NUMBER, REASONS };
enum { STOP_DONE = 0, STOP_FULL, STOP_MISS };

typedef struct {
    int32_t op, type, offset, null_offset, length, scale;
    int32_t first, second; /* OP_PRODUCT: the steps it multiplies */
    int32_t sum;           /* 0 none, 1 quantity, 2 value */
    int32_t map;           /* which map, for OP_DOCUMENT_TYPE and OP_WAREHOUSE_TYPE */
} Step;

typedef struct {
    const Step *steps;
    int32_t step_count, stride, utf8, first_day, last_day, epoch, max_row, head_length;
    const uint8_t *head;
    const uint8_t *table; /* 256 entries of 4 bytes: length, then UTF-8; bit 7 of the length marks a stray byte */
    int64_t read, written, stray;
    uint64_t quantity_low;
    int64_t quantity_high;
    uint64_t value_low;
    int64_t value_high;
    int64_t rejected[REASONS];
    int32_t miss_step, miss_length;
    const uint8_t *miss_key;
    void *maps[2];
} Context;

/* ---- fetching ------------------------------------------------------------------------------------------------- */

/* Fetches up to `rows` messages; answers how many, and in `outcome` what stopped it: 0 nothing, 1 the end, -1 error. */
API int64_t tns_fetch(Fetch fetch, void *result_set, void *status, uint8_t *buffer, int64_t stride, int64_t rows,
                      int32_t *outcome)
{
    *outcome = 0;
    for (int64_t row = 0; row < rows; row++) {
        int result = fetch(result_set, status, buffer + row * stride);
        if (result != 0) {
            *outcome = result;
            return row;
        }
    }
    return rows;
}

/* ---- maps: what a raw value becomes, and how often it came ------------------------------------------------------ */

#define MAP_SLOTS 8192

typedef struct {
    uint8_t *key, *field;
    int32_t key_length, field_length;
    int64_t hits;
} Entry;

typedef struct {
    Entry slots[MAP_SLOTS];
} Map;

static uint32_t hash_of(const uint8_t *key, int32_t length)
{
    uint32_t hash = 2166136261u;
    for (int32_t i = 0; i < length; i++)
        hash = (hash ^ key[i]) * 16777619u;
    return hash;
}

static Entry *find(Map *map, const uint8_t *key, int32_t length)
{
    uint32_t slot = hash_of(key, length) % MAP_SLOTS;
    while (map->slots[slot].field) {
        Entry *entry = &map->slots[slot];
        if (entry->key_length == length && memcmp(entry->key, key, (size_t)length) == 0)
            return entry;
        slot = (slot + 1) % MAP_SLOTS;
    }
    return &map->slots[slot];
}

API void *tns_map_new(void) { return calloc(1, sizeof(Map)); }

API void tns_map_clear(void *opaque)
{
    Map *map = opaque;
    for (int i = 0; i < MAP_SLOTS; i++) {
        free(map->slots[i].key);
        free(map->slots[i].field);
    }
    memset(map, 0, sizeof *map);
}

API void tns_map_free(void *opaque)
{
    tns_map_clear(opaque);
    free(opaque);
}

/* Answers 0 when there was no memory. The caller keeps the number of entries well below MAP_SLOTS. */
API int32_t tns_map_add(void *opaque, const uint8_t *key, int32_t key_length, const uint8_t *field, int32_t field_length)
{
    Entry *entry = find(opaque, key, key_length);
    uint8_t *own_key = malloc((size_t)key_length + 1), *own_field = malloc((size_t)field_length);
    if (!own_key || !own_field) {
        free(own_key);
        free(own_field);
        return 0;
    }
    memcpy(own_key, key, (size_t)key_length);
    memcpy(own_field, field, (size_t)field_length);
    *entry = (Entry){own_key, own_field, key_length, field_length, 0};
    return 1;
}

/* The hits since the last time they were taken. */
API int64_t tns_map_take_hits(void *opaque, const uint8_t *key, int32_t key_length)
{
    Entry *entry = find(opaque, key, key_length);
    int64_t hits = entry->field ? entry->hits : 0;
    entry->hits = 0;
    return hits;
}

/* ---- values ------------------------------------------------------------------------------------------------------ */

static inline uint8_t *put16(uint8_t *out, uint16_t value)
{
    value = __builtin_bswap16(value);
    memcpy(out, &value, 2);
    return out + 2;
}

static inline uint8_t *put32(uint8_t *out, uint32_t value)
{
    value = __builtin_bswap32(value);
    memcpy(out, &value, 4);
    return out + 4;
}

static inline uint8_t *put_null(uint8_t *out) { return put32(out, 0xffffffffu); }

static uint8_t *put_numeric(uint8_t *out, int64_t scaled)
{
    uint16_t digits[5];
    int count = 0;
    uint64_t rest = scaled < 0 ? 0 - (uint64_t)scaled : (uint64_t)scaled;
    while (rest) {
        digits[count++] = (uint16_t)(rest % 10000);
        rest /= 10000;
    }
    out = put32(out, (uint32_t)(8 + 2 * count));
    out = put16(out, (uint16_t)count);
    out = put16(out, (uint16_t)(count ? count - 2 : 0));
    out = put16(out, scaled < 0 ? 0x4000 : 0);
    out = put16(out, 4);
    while (count)
        out = put16(out, digits[--count]);
    return out;
}

static uint8_t *put_decimal_text(uint8_t *out, int64_t value)
{
    char reversed[24];
    int length = 0;
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    do
        reversed[length++] = (char)('0' + rest % 10);
    while (rest /= 10);
    if (value < 0)
        reversed[length++] = '-';
    out = put32(out, (uint32_t)length);
    while (length)
        *out++ = (uint8_t)reversed[--length];
    return out;
}

static const int64_t POWERS[19] = {1LL, 10LL, 100LL, 1000LL, 10000LL, 100000LL, 1000000LL, 10000000LL, 100000000LL,
    1000000000LL, 10000000000LL, 100000000000LL, 1000000000000LL, 10000000000000LL, 100000000000000LL,
    1000000000000000LL, 10000000000000000LL, 100000000000000000LL, 1000000000000000000LL};

static inline int fits(int128 value) { return value <= INT64_MAX && value >= -(int128)INT64_MAX; }

/* Half away from zero; 0 when it does not fit. */
static int scale_integer(int64_t value, int32_t scale, int64_t *scaled)
{
    int128 wide = value;
    if (scale <= 4) {
        wide *= POWERS[4 - scale];
    } else {
        int64_t divisor = POWERS[scale - 4];
        int128 absolute = wide < 0 ? -wide : wide;
        int128 quotient = absolute / divisor + ((absolute % divisor) * 2 >= divisor);
        wide = wide < 0 ? -quotient : quotient;
    }
    *scaled = (int64_t)wide;
    return fits(wide);
}

static int scale_double(double value, int64_t *scaled)
{
    double product = value * 10000.0;
    if (!(product > -9.2e18 && product < 9.2e18))
        return 0;
    *scaled = (int64_t)(product > 0 ? product + 0.5 : product - 0.5);
    return 1;
}

static int scale_product(int64_t quantity, int64_t price, int64_t *scaled)
{
    int128 product = (int128)quantity * price;
    int128 absolute = product < 0 ? -product : product;
    int128 quotient = absolute / 10000 + ((absolute % 10000) * 2 >= 10000);
    if (quotient > INT64_MAX)
        return 0;
    *scaled = (int64_t)(product < 0 ? -quotient : quotient);
    return 1;
}

static int number_at(const uint8_t *at, const Step *step, int64_t *scaled)
{
    if (step->type == T_DOUBLE) {
        double value;
        memcpy(&value, at, 8);
        return scale_double(value, scaled);
    }
    if (step->type == T_FLOAT) {
        float value;
        memcpy(&value, at, 4);
        return scale_double((double)value, scaled);
    }
    return scale_integer(integer_at(at, step->type), step->scale, scaled);
}

/* ---- text -------------------------------------------------------------------------------------------------------- */

static inline int is_padding(uint8_t c) { return c == ' ' || c == 0 || (c >= '\t' && c <= '\r'); }

static inline const uint8_t *raw_text(const uint8_t *message, const Step *step, int32_t *length)
{
    const uint8_t *at = message + step->offset;
    if (step->type == T_VARYING) {
        uint16_t given;
        memcpy(&given, at, 2);
        *length = given <= step->length ? given : step->length;
        return at + 2;
    }
    *length = step->length;
    return at;
}

/* Length of the valid UTF-8 sequence at `at`, 0 when there is none. */
static int utf8_sequence(const uint8_t *at, int32_t left)
{
    uint8_t c = at[0];
    int need = c >= 0xc2 && c <= 0xdf ? 1 : (c & 0xf0) == 0xe0 ? 2 : c >= 0xf0 && c <= 0xf4 ? 3 : 0;
    if (!need || left <= need)
        return 0;
    uint8_t low = c == 0xe0 ? 0xa0 : c == 0xf0 ? 0x90 : 0x80, high = c == 0xed ? 0x9f : c == 0xf4 ? 0x8f : 0xbf;
    if (at[1] < low || at[1] > high)
        return 0;
    for (int i = 2; i <= need; i++)
        if ((at[i] & 0xc0) != 0x80)
            return 0;
    return need + 1;
}

static uint8_t *put_clean(uint8_t *out, const uint8_t *at, int32_t length, const Context *context, int64_t *stray)
{
    int32_t i = 0;
    while (i < length) {
        if (i + 8 <= length) {
            uint64_t word;
            memcpy(&word, at + i, 8);
            if (!(word & 0x8080808080808080ull)) {
                memcpy(out, &word, 8);
                out += 8;
                i += 8;
                continue;
            }
        }
        uint8_t c = at[i];
        int sequence = context->utf8 && c >= 0x80 ? utf8_sequence(at + i, length - i) : 0;
        if (sequence) {
            memcpy(out, at + i, (size_t)sequence);
            out += sequence;
            i += sequence;
            continue;
        }
        const uint8_t *entry = context->table + 4 * c;
        *stray += entry[0] >> 7;
        int size = entry[0] & 0x7f;
        for (int k = 1; k <= size; k++)
            *out++ = entry[k];
        i++;
    }
    return out;
}

/* The text field without its padding; `length` gets the bytes written, 0 for a blank text. */
static uint8_t *put_text(uint8_t *out, const uint8_t *at, int32_t length, const Context *context, int64_t *stray,
                         int32_t *written)
{
    while (length && is_padding(at[length - 1]))
        length--;
    uint8_t *start = out + 4;
    if (!memchr(at, 0, (size_t)length)) {
        out = put_clean(start, at, length, context, stray);
    } else {
        /* Without its NULs first: what they separated may be one character. Kept at the far end of the room that
         * max_row leaves for this text. */
        uint8_t *compact = start + 3 * (size_t)length;
        int32_t kept = 0;
        for (int32_t i = 0; i < length; i++)
            if (at[i])
                compact[kept++] = at[i];
        *stray += length - kept;
        out = put_clean(start, compact, kept, context, stray);
    }
    *written = (int32_t)(out - start);
    put32(start - 4, (uint32_t)*written);
    return out;
}

/* ---- rows --------------------------------------------------------------------------------------------------------- */

typedef struct {
    int64_t scaled[256];
    uint8_t null[256];
    Entry *hits[4];
    int hit_count;
    int64_t stray;
} Row;

static int put_step(Context *context, const uint8_t *message, int index, Row *row, uint8_t **out)
{
    const Step *step = &context->steps[index];
    if (step->op == OP_PRODUCT) {
        row->scaled[index] = 0;
        if (row->null[step->second]) {
            *out = put_null(*out);
            return OK;
        }
        if (!scale_product(row->scaled[step->first], row->scaled[step->second], &row->scaled[index]))
            return BAD_NUMBER;
        *out = put_numeric(*out, row->scaled[index]);
        return OK;
    }
    int16_t null_flag;
    memcpy(&null_flag, message + step->null_offset, 2);
    const uint8_t *at = message + step->offset;
    switch (step->op) {
    case OP_NUMBER:
    case OP_NUMBER_NEEDED:
        row->null[index] = null_flag != 0;
        row->scaled[index] = 0;
        if (null_flag) {
            if (step->op == OP_NUMBER_NEEDED)
                return NO_QUANTITY;
            *out = put_null(*out);
            return OK;
        }
        if (!number_at(at, step, &row->scaled[index]))
            return BAD_NUMBER;
        *out = put_numeric(*out, row->scaled[index]);
        return OK;
    case OP_DATE:
    case OP_DATE_OF_WINDOW: {
        if (null_flag) {
            if (step->op == OP_DATE_OF_WINDOW)
                return NO_DATE;
            *out = put_null(*out);
            return OK;
        }
        int32_t day;
        memcpy(&day, at, 4);
        if (step->op == OP_DATE_OF_WINDOW && (day < context->first_day || day > context->last_day))
            return OUTSIDE;
        *out = put32(put32(*out, 4), (uint32_t)(day - context->epoch));
        return OK;
    }
    case OP_DOCUMENT_TYPE:
    case OP_WAREHOUSE_TYPE: {
        int32_t length = 0;
        const uint8_t *key = at;
        if (!null_flag) {
            key = raw_text(message, step, &length);
        } else if (step->op == OP_WAREHOUSE_TYPE) {
            *out = put_null(*out);
            return OK;
        }
        Entry *entry = find(context->maps[step->map], key, length);
        if (!entry->field) {
            context->miss_step = index;
            context->miss_key = key;
            context->miss_length = length;
            return -1;
        }
        row->hits[row->hit_count++] = entry;
        memcpy(*out, entry->field, (size_t)entry->field_length);
        *out += entry->field_length;
        return OK;
    }
    default: { /* the three of text */
        if (null_flag) {
            if (step->op == OP_TEXT_NEEDED)
                return NO_ARTICLE;
            *out = step->op == OP_TEXT_OR_EMPTY ? put32(*out, 0) : put_null(*out);
            return OK;
        }
        if (step->type != T_TEXT && step->type != T_VARYING) {
            *out = put_decimal_text(*out, integer_at(at, step->type));
            return OK;
        }
        int32_t length, written;
        const uint8_t *raw = raw_text(message, step, &length);
        uint8_t *end = put_text(*out, raw, length, context, &row->stray, &written);
        if (!written && step->op != OP_TEXT_OR_EMPTY) {
            if (step->op == OP_TEXT_NEEDED)
                return NO_ARTICLE;
            end = put_null(*out);
        }
        *out = end;
        return OK;
    }
    }
}

static void add128(uint64_t *low, int64_t *high, int64_t value)
{
    int128 sum = ((int128)*high << 64) | *low;
    sum += value;
    *low = (uint64_t)sum;
    *high = (int64_t)(sum >> 64);
}

/* Encodes rows from `from` on; answers the row it stopped before, and why in `stop`. `used` counts bytes of `out`. */
API int64_t tns_encode(Context *context, const uint8_t *block, int64_t from, int64_t rows, uint8_t *out, int64_t capacity,
                       int64_t *used, int32_t *stop)
{
    uint8_t *at = out + *used, *limit = out + capacity;
    Row row;
    for (int64_t i = from; i < rows; i++) {
        if (limit - at < context->max_row) {
            *used = at - out;
            *stop = STOP_FULL;
            return i;
        }
        const uint8_t *message = block + i * context->stride;
        uint8_t *start = at;
        int outcome = OK;
        row.hit_count = 0;
        row.stray = 0;
        memcpy(at, context->head, (size_t)context->head_length);
        at += context->head_length;
        for (int s = 0; s < context->step_count && outcome == OK; s++)
            outcome = put_step(context, message, s, &row, &at);
        if (outcome < 0) { /* the row begins again when the caller has taught the map */
            *used = start - out;
            *stop = STOP_MISS;
            return i;
        }
        for (int h = 0; h < row.hit_count; h++)
            row.hits[h]->hits++;
        context->stray += row.stray;
        context->read++;
        if (outcome != OK) {
            context->rejected[outcome]++;
            at = start;
            continue;
        }
        context->written++;
        for (int s = 0; s < context->step_count; s++) {
            if (context->steps[s].sum == 1)
                add128(&context->quantity_low, &context->quantity_high, row.scaled[s]);
            else if (context->steps[s].sum == 2)
                add128(&context->value_low, &context->value_high, row.scaled[s]);
        }
    }
    *used = at - out;
    *stop = STOP_DONE;
    return rows;
}

API int32_t tns_abi(void) { return ABI_VERSION; }
API int32_t tns_sizes(int32_t which) { return which ? (int32_t)sizeof(Context) : (int32_t)sizeof(Step); }
