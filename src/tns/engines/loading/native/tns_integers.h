/* Integers as they lie in a message; the types are those of WireType. */
#ifndef TNS_INTEGERS_H
#define TNS_INTEGERS_H

#include <stdint.h>
#include <string.h>

enum { T_TEXT = 1, T_VARYING, T_INT16, T_INT32, T_INT64, T_FLOAT, T_DOUBLE, T_DATE, T_TIMESTAMP };

typedef int (*Fetch)(void *result_set, void *status, void *message); /* Firebird's IResultSet::fetchNext */

static inline int64_t integer_at(const uint8_t *at, int32_t type)
{
    if (type == T_INT16) {
        int16_t value;
        memcpy(&value, at, 2);
        return value;
    }
    if (type == T_INT32) {
        int32_t value;
        memcpy(&value, at, 4);
        return value;
    }
    int64_t value;
    memcpy(&value, at, 8);
    return value;
}

static inline int is_null(const uint8_t *message, int32_t null_offset)
{
    int16_t flag;
    memcpy(&flag, message + null_offset, 2);
    return flag != 0;
}

#endif
