/* Fetch lines and put beside each the names that its keys stand for: what the source's LEFT JOINs would answer.
 *
 * Lines and names are messages as the wire brought them; a row is put together by copying pieces of them. What it does
 * is defined by naming.py, its twin; the same tests run over both.
 */
#include "tns_integers.h"

#define API __attribute__((visibility("default")))

/* ---- shared with naming.py --------------------------------------------------------------------------------------- */

typedef struct {
    int32_t from, to, size;
} Move;

typedef struct {
    const uint8_t *messages, *absent; /* the table's rows, and one of NULLs for a line that has none */
    const int32_t *slots;             /* row numbers by the key's hash, -1 where there is none */
    const Move *moves;                /* from a message of names to the row */
    int64_t mask;                     /* number of slots - 1, a power of two */
    int32_t stride, move_count;
    int32_t key, key_null, key_type;    /* in a message of names */
    int32_t counts, counts_type;        /* whether the row's lines count, there too */
    int32_t line, line_null, line_type; /* the key in a line */
} Names;

typedef struct {
    const Names *names;
    const Move *moves; /* from a line to the row */
    int32_t name_count, move_count, stride;
} Naming;

static inline int64_t slot_of(int64_t key, int64_t mask)
{
    return (int64_t)(((uint64_t)key * 0x9e3779b97f4a7c15ull) >> 29) & mask;
}

/* Fills the slots, all of them -1 before. Answers 0 when a key comes twice: then a line may have two rows. */
API int32_t tns_names_index(const Names *names, int64_t count, int32_t *slots)
{
    for (int64_t i = 0; i < count; i++) {
        const uint8_t *message = names->messages + i * names->stride;
        if (is_null(message, names->key_null))
            continue; /* NULL equals nothing */
        int64_t key = integer_at(message + names->key, names->key_type);
        int64_t slot = slot_of(key, names->mask);
        for (; slots[slot] >= 0; slot = (slot + 1) & names->mask)
            if (integer_at(names->messages + (int64_t)slots[slot] * names->stride + names->key, names->key_type) == key)
                return 0;
        slots[slot] = (int32_t)i;
    }
    return 1;
}

static const uint8_t *find(const Names *names, const uint8_t *line)
{
    if (is_null(line, names->line_null))
        return names->absent;
    int64_t key = integer_at(line + names->line, names->line_type);
    for (int64_t slot = slot_of(key, names->mask); names->slots[slot] >= 0; slot = (slot + 1) & names->mask) {
        const uint8_t *message = names->messages + (int64_t)names->slots[slot] * names->stride;
        if (integer_at(message + names->key, names->key_type) == key)
            return message;
    }
    return names->absent;
}

static inline void move(const Move *moves, int32_t count, const uint8_t *from, uint8_t *row)
{
    for (int32_t i = 0; i < count; i++)
        memcpy(row + moves[i].to, from + moves[i].from, (size_t)moves[i].size);
}

/* Answers 1, or 0 when the line does not count and nothing of `row` matters. */
static int name_line(const Naming *naming, const uint8_t *line, uint8_t *row)
{
    for (int32_t i = 0; i < naming->name_count; i++) {
        const Names *names = naming->names + i;
        const uint8_t *message = find(names, line);
        if (!integer_at(message + names->counts, names->counts_type))
            return 0;
        move(names->moves, names->move_count, message, row);
    }
    move(naming->moves, naming->move_count, line, row);
    return 1;
}

/* As tns_fetch, over rows put together; `line` has room for one line. */
API int64_t tns_fetch_named(Fetch fetch, void *result_set, void *status, const Naming *naming, uint8_t *line,
                            uint8_t *buffer, int64_t rows, int32_t *outcome)
{
    int64_t row = 0;
    *outcome = 0;
    while (row < rows && !(*outcome = fetch(result_set, status, line)))
        row += name_line(naming, line, buffer + row * naming->stride);
    return row;
}

API int32_t tns_names_sizes(int32_t which) { return which ? (int32_t)sizeof(Naming) : (int32_t)sizeof(Names); }
