package whorl.dist.program;

/** Prints what messages and exceptions cost, in nanoseconds, the best of several rounds. */
public final class ThrowableCost {
  private static final int ROUNDS = 15;
  private static final int TIMES = 400_000;

  private static int sink;

  private ThrowableCost() {}

  public static void main(String[] arguments) {
    double message = Double.MAX_VALUE;
    double thrown = Double.MAX_VALUE;
    for (int round = 0; round < ROUNDS; round++) {
      message = Math.min(message, messages());
      thrown = Math.min(thrown, exceptions());
    }
    System.out.printf(java.util.Locale.ROOT, "getMessage %.2f%n", message);
    System.out.printf(java.util.Locale.ROOT, "thrown, caught and told %.1f%n", thrown);
    if (sink == 42) {
      System.out.println();
    }
  }

  private static double messages() {
    Throwable[] thrown = new Throwable[64];
    for (int i = 0; i < thrown.length; i++) {
      thrown[i] = i % 2 == 0 ? new IllegalStateException("a") : new IllegalArgumentException("bc");
    }
    long start = System.nanoTime();
    for (int i = 0; i < TIMES; i++) {
      sink += thrown[i & 63].getMessage().length();
    }
    return (System.nanoTime() - start) / (double) TIMES;
  }

  private static double exceptions() {
    long start = System.nanoTime();
    for (int i = 0; i < TIMES; i++) {
      try {
        throw new IllegalStateException("again");
      } catch (IllegalStateException e) {
        sink += e.getMessage().length();
      }
    }
    return (System.nanoTime() - start) / (double) TIMES;
  }
}
