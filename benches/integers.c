/* Reads which operation, whether by calls, and how often; does it so often on 256-bit numbers of its own. */
#include <quire.h>
#include <zkvm_io.h>

#define DWORDS 4
#define WORDS 8

typedef unsigned __int128 wide;

static uint64_t x[DWORDS], z[DWORDS], carry;
static const uint64_t y[DWORDS] = {0x123456789abcdef1, 0xfedcba9876543211, 0x0f1e2d3c4b5a6978, 0x1};
static const uint64_t start[DWORDS] = {0xd1b54a32d192ed03, 0x9e3779b97f4a7c15, 0xbf58476d1ce4e5b9, 0x94d049bb133111eb};

static void add(void) {
    for (int i = 0; i < DWORDS; i++) {
        uint64_t sum = x[i] + y[i], out = sum < x[i];
        x[i] = sum + carry;
        carry = out | (x[i] < sum);
    }
}

static void compare(void) {
    carry = 0;
    for (int i = DWORDS - 1; i >= 0; i--) {
        if (x[i] != y[i]) {
            carry = x[i] < y[i];
            return;
        }
    }
}

static void multiply(void) {
    uint64_t product[2 * DWORDS] = {0};
    for (int i = 0; i < DWORDS; i++) {
        uint64_t above = 0;
        for (int j = 0; j < DWORDS; j++) {
            wide sum = (wide)x[i] * y[j] + product[i + j] + above;
            product[i + j] = (uint64_t)sum;
            above = (uint64_t)(sum >> 64);
        }
        product[i + DWORDS] = above;
    }
    for (int i = 0; i < DWORDS; i++) {
        x[i] = product[i];
        z[i] = product[i + DWORDS];
    }
}

/* Knuth's algorithm D on digits of 32 bits; y has more than one. */
static void divide(void) {
    uint32_t u[WORDS + 1], v[WORDS], q[WORDS] = {0};
    int n = WORDS;
    while (!(uint32_t)(y[(n - 1) / 2] >> 32 * ((n - 1) & 1))) {
        n--;
    }
    int shift = __builtin_clz((uint32_t)(y[(n - 1) / 2] >> 32 * ((n - 1) & 1)));
    uint64_t above = 0;
    for (int i = 0; i < n; i++) {
        above |= (uint64_t)(uint32_t)(y[i / 2] >> 32 * (i & 1)) << shift;
        v[i] = (uint32_t)above;
        above >>= 32;
    }
    above = 0;
    for (int i = 0; i < WORDS; i++) {
        above |= (uint64_t)(uint32_t)(x[i / 2] >> 32 * (i & 1)) << shift;
        u[i] = (uint32_t)above;
        above >>= 32;
    }
    u[WORDS] = (uint32_t)above;
    for (int j = WORDS - n; j >= 0; j--) {
        uint64_t top = (uint64_t)u[j + n] << 32 | u[j + n - 1], digit = top / v[n - 1], rest = top % v[n - 1];
        while (digit >> 32 || digit * v[n - 2] > (rest << 32 | u[j + n - 2])) {
            digit--;
            rest += v[n - 1];
            if (rest >> 32) {
                break;
            }
        }
        uint64_t product = 0;
        int64_t borrow = 0;
        for (int i = 0; i <= n; i++) {
            product += i < n ? digit * v[i] : 0;
            borrow += (int64_t)u[i + j] - (int64_t)(uint32_t)product;
            u[i + j] = (uint32_t)borrow;
            borrow >>= 32;
            product >>= 32;
        }
        if (borrow < 0) {
            digit--;
            uint64_t sum = 0;
            for (int i = 0; i < n; i++) {
                sum += (uint64_t)u[i + j] + v[i];
                u[i + j] = (uint32_t)sum;
                sum >>= 32;
            }
            u[j + n] += (uint32_t)sum;
        }
        q[j] = (uint32_t)digit;
    }
    for (int i = 0; i < DWORDS; i++) {
        uint64_t low = 2 * i < n ? u[2 * i] : 0, high = 2 * i + 1 < n ? u[2 * i + 1] : 0, next = 2 * i + 2 <= n ? u[2 * i + 2] : 0;
        uint64_t dword = high << 32 | low;
        z[i] = shift ? dword >> shift | next << (64 - shift) : dword;
        x[i] = (uint64_t)q[2 * i + 1] << 32 | q[2 * i];
    }
}

static void call(int operation) {
    if (operation == 0) {
        quire_uint256_add(x, y, &carry);
    } else if (operation == 1) {
        carry = 0;
        quire_uint256_compare(x, y, &carry);
    } else if (operation == 2) {
        quire_uint256_multiply(x, y, z);
    } else {
        quire_uint256_divide(x, y, z);
    }
}

static void compute(int operation) {
    if (operation == 0) {
        add();
    } else if (operation == 1) {
        compare();
    } else if (operation == 2) {
        multiply();
    } else {
        divide();
    }
}

int main(void) {
    const uint8_t *input;
    size_t size;
    read_input(&input, &size);
    for (int count = input[2] | input[3] << 8; count > 0; count--) {
        for (int i = 0; i < DWORDS; i++) {
            x[i] = start[i] ^ (uint64_t)count;
        }
        if (input[1]) {
            call(input[0]);
        } else {
            compute(input[0]);
        }
    }
    write_output((const uint8_t *)x, sizeof x);
    write_output((const uint8_t *)z, sizeof z);
    write_output((const uint8_t *)&carry, sizeof carry);
    return 0;
}
