//! Times Plonky3's packed kernels on one core: a line "name<TAB>nanoseconds" each, the fastest of some runs.
//! Built for a processor by `-C target-cpu`, as `benches/peers.py` does. Of two transforms the better one counts.

use std::array;
use std::hint::black_box;
use std::time::Instant;

use p3_dft::{Radix2DFTSmallBatch, Radix2DitParallel, TwoAdicSubgroupDft};
use p3_field::extension::QuinticTrinomialExtensionField;
use p3_field::{
    BasedVectorSpace, ExtensionField, Field, PackedFieldExtension, PackedValue, PrimeCharacteristicRing,
};
use p3_koala_bear::{KoalaBear, default_koalabear_poseidon2_16, default_koalabear_poseidon2_24};
use p3_matrix::dense::RowMajorMatrix;
use p3_symmetric::Permutation;

type F = KoalaBear;
type Packed = <F as Field>::Packing;
type K = QuinticTrinomialExtensionField<F>;
type PackedK = <K as ExtensionField<F>>::ExtensionPacking;

const RUNS: usize = 15;
const CHAIN: usize = 20_000;
const STATES: usize = 1 << 12;
const LOG_ROWS: usize = 16;

/// `prepare` is not timed: transforms take their input by value.
fn report<T, R>(name: &str, operations: usize, prepare: impl Fn() -> T, work: impl Fn(T) -> R) {
    let seconds = (0..RUNS).map(|_| {
        let given = prepare();
        let start = Instant::now();
        let made = black_box(work(black_box(given)));
        let elapsed = start.elapsed().as_secs_f64();
        drop(made);
        elapsed
    });
    println!("{name}\t{}", seconds.fold(f64::MAX, f64::min) * 1e9 / operations as f64);
}

fn number(seed: usize) -> F {
    F::from_u64(seed as u64 * 2_654_435_761 % 2_130_706_433)
}

fn packed(seed: usize) -> Packed {
    Packed::from_fn(|lane| number(seed * Packed::WIDTH + lane + 1))
}

fn packed_extension(seed: usize) -> PackedK {
    let of_lane = |lane| K::from_basis_coefficients_fn(|i| number(5 * (seed * Packed::WIDTH + lane) + i + 1));
    PackedK::from_ext_slice(&(0..Packed::WIDTH).map(of_lane).collect::<Vec<_>>())
}

fn permutation<const WIDTH: usize>(name: &str, hash: &impl Permutation<[Packed; WIDTH]>) {
    let states = || -> Vec<[Packed; WIDTH]> {
        (0..STATES / Packed::WIDTH).map(|row| array::from_fn(|i| packed(row * WIDTH + i))).collect()
    };
    report(name, STATES, states, |mut states| {
        states.iter_mut().for_each(|state| hash.permute_mut(state));
        states
    });
}

fn encoding(name: &str, columns: usize, transform: &impl TwoAdicSubgroupDft<F>) {
    let used = columns << LOG_ROWS;
    let padded = || {
        let values = (0..2 * used).map(|i| if i < used { number(i) } else { F::ZERO }).collect();
        RowMajorMatrix::new(values, columns)
    };
    transform.dft_batch(padded());
    report(name, 2 * used, padded, |values| transform.dft_batch(values));
}

fn main() {
    let four = || (packed(1), packed(2), packed(3), packed(4));
    report("field multiplication", 4 * CHAIN * Packed::WIDTH, four, |(mut a, mut b, mut c, mut d)| {
        for _ in 0..CHAIN {
            (a, b, c, d) = (a * a, b * b, c * c, d * d);
        }
        (a, b, c, d)
    });
    let three = || (packed_extension(1), packed_extension(2), packed_extension(3));
    report("extension multiplication", 2 * CHAIN * Packed::WIDTH, three, |(mut x, mut y, z)| {
        for _ in 0..CHAIN {
            (x, y) = (x * z, y * z); // two chains: throughput, not latency
        }
        (x, y)
    });
    permutation("Poseidon2, packed", &default_koalabear_poseidon2_16());
    permutation("Poseidon2, packed, of a leaf", &default_koalabear_poseidon2_24());
    for columns in [64, 128] {
        let name = format!("encoding at rate 1/2, rows of {columns}, per output");
        encoding(&name, columns, &Radix2DitParallel::default());
        encoding(&name, columns, &Radix2DFTSmallBatch::new(2 << LOG_ROWS));
    }
}
