/** The random numbers of one execution, from one seed. */

/** A sequence of `Math.random()` values; the same seed gives the same sequence (sfc32). */
export function seededRandom(seed: Uint32Array): () => number {
  let [a, b, c, counter] = [seed[0]! | 0, seed[1]! | 0, seed[2]! | 0, seed[3]! | 0];
  return () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  };
}

/** A seed nobody can guess. */
export function newSeed(): Uint32Array {
  return crypto.getRandomValues(new Uint32Array(4));
}
