/* The sender of a signed Ethereum transaction: an RLP list of nonce, gas price, gas, recipient, value, data, v, r and s. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zkvm_accelerators.h>
#include <zkvm_io.h>

#define NUM_SIGNED 6 /* of the items */

typedef struct {
    const uint8_t *at, *end;
} span;

static void require(bool holds) {
    if (!holds) {
        exit(EXIT_FAILURE);
    }
}

/* Takes an item from the front: what it holds. A `kind` is 0x80 for strings, 0xc0 for lists. */
static span take_item(span *from, uint8_t kind) {
    require(from->at < from->end);
    uint8_t prefix = *from->at;
    if (kind == 0x80 && prefix < 0x80) { /* a byte stands for itself */
        span item = {from->at, from->at + 1};
        from->at++;
        return item;
    }
    require(prefix >= kind && prefix - kind < 0x40);
    size_t size = prefix - kind, num_digits = size > 55 ? size - 55 : 0;
    from->at++;
    if (num_digits) {
        require(num_digits <= 4 && num_digits <= (size_t)(from->end - from->at));
        size = 0;
        for (; num_digits; num_digits--) {
            size = size << 8 | *from->at++;
        }
    }
    require(size <= (size_t)(from->end - from->at));
    span item = {from->at, from->at + size};
    from->at += size;
    return item;
}

static void read_number(uint8_t number[32], span item) {
    size_t size = (size_t)(item.end - item.at);
    require(size <= 32);
    memset(number, 0, 32);
    memcpy(number + 32 - size, item.at, size);
}

/* A number as RLP has it, behind `out`: what comes behind that. */
static uint8_t *write_number(uint8_t *out, uint64_t number) {
    if (number - 1 < 0x7f) {
        *out++ = (uint8_t)number;
        return out;
    }
    int size = 0;
    while (size < 8 && number >> 8 * size) {
        size++;
    }
    *out++ = (uint8_t)(0x80 + size);
    while (size--) {
        *out++ = (uint8_t)(number >> 8 * size);
    }
    return out;
}

/* The hash of the list that was signed: the first items and, since EIP-155, the chain's id and two empty strings. */
static void hash_signed(zkvm_keccak256_hash *hash, span items, uint64_t chain_id) {
    size_t size = (size_t)(items.end - items.at);
    uint8_t *room = malloc(size + 32), *list = room + 9, *end = list + size;
    require(room != 0);
    memcpy(list, items.at, size);
    if (chain_id) {
        end = write_number(end, chain_id);
        *end++ = 0x80;
        *end++ = 0x80;
    }
    size = (size_t)(end - list);
    if (size <= 55) {
        *--list = (uint8_t)(0xc0 + size);
    } else {
        uint8_t num_digits = 0;
        for (size_t rest = size; rest; rest >>= 8) {
            *--list = (uint8_t)rest;
            num_digits++;
        }
        *--list = (uint8_t)(0xf7 + num_digits);
    }
    require(zkvm_keccak256(list, (size_t)(end - list), hash) == ZKVM_EOK);
    free(room);
}

int main(void) {
    zkvm_secp256k1_signature signature;
    zkvm_secp256k1_pubkey key;
    zkvm_keccak256_hash hash, key_hash;
    uint8_t v_bytes[32];
    uint64_t v = 0;
    span input;
    size_t size;
    read_input(&input.at, &size);
    input.end = input.at + size;
    span items = take_item(&input, 0xc0), of_signed = items;
    require(input.at == input.end);
    for (int i = 0; i < NUM_SIGNED; i++) {
        take_item(&items, 0x80);
    }
    of_signed.end = items.at;
    span v_item = take_item(&items, 0x80);
    read_number(v_bytes, v_item);
    require(v_item.end - v_item.at <= 8);
    for (int i = 24; i < 32; i++) {
        v = v << 8 | v_bytes[i];
    }
    read_number(signature.data, take_item(&items, 0x80));
    read_number(signature.data + 32, take_item(&items, 0x80));
    require(items.at == items.end && (v == 27 || v == 28 || v >= 37));
    hash_signed(&hash, of_signed, v >= 37 ? (v - 35) / 2 : 0);
    uint8_t recid = (uint8_t)(v >= 37 ? (v - 35) % 2 : v - 27);
    require(zkvm_secp256k1_ecrecover(&hash, &signature, recid, &key) == ZKVM_EOK);
    require(zkvm_keccak256(key.data, sizeof key.data, &key_hash) == ZKVM_EOK);
    write_output(key_hash.data + 12, 20);
    return EXIT_SUCCESS;
}
