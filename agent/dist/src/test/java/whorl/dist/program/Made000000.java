package whorl.dist.program;

/** A class file of which {@link Noise} makes others, by other digits in the name. */
final class Made000000 {
  private Made000000() {}
}
