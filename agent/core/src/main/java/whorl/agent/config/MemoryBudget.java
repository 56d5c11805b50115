package whorl.agent.config;

import org.jspecify.annotations.Nullable;

/**
 * The agent's share of the heap, derived from the maximum heap size. {@code docs/limits.md} shows
 * the numbers.
 *
 * <p>The criterion is a program that fills three quarters of its heap: it must still run with the
 * agent. The hooks and their ring take about 1.5 MiB; shipping, rules and captures 3 MiB more; a
 * recording 5 MiB more.
 *
 * @param heapBytes the maximum heap size
 */
public record MemoryBudget(long heapBytes) {
  /** The budget of this JVM. */
  public static final MemoryBudget OF_THIS_JVM = new MemoryBudget(Runtime.getRuntime().maxMemory());

  private static final long KIB = 1 << 10;
  private static final long MIB = 1 << 20;

  /**
   * Below this heap size the agent does not start: ZGC, which allocates 2 MiB at a time, has no
   * room for it.
   */
  private static final long OFF_BELOW = 28 * MIB;

  /** Below this heap size there is room only for the hooks. */
  private static final long DORMANT_BELOW = 52 * MIB;

  private static final long RESERVE_FROM = 56 * MIB;
  private static final long RECORDING_FROM = 72 * MIB;
  private static final long FULL_TABLES_FROM = 128 * MIB;

  /** From this size on the ring holds an ordinary server's start and the time right after it. */
  private static final long FULL_EVENTS_FROM = 192 * MIB;

  /**
   * The memory of everything that a dormant agent starts when it wakes up, and as much again for
   * garbage.
   */
  private static final long WAKING_BYTES = 8 * MIB;

  /** Approximate size of a match that correlations keep. */
  private static final long KEPT_MATCH_BYTES = 512;

  /** True if the agent does not start at all. */
  public boolean off() {
    return heapBytes < OFF_BELOW;
  }

  /**
   * True if only the hooks and the ring start. Everything else waits for an event that points to an
   * attack, and for room.
   */
  public boolean dormant() {
    return heapBytes < DORMANT_BELOW;
  }

  /** True if JFR is started. */
  public boolean recording() {
    return heapBytes >= RECORDING_FROM;
  }

  /** True if the ring keeps stacks. */
  public boolean stacks() {
    return !dormant();
  }

  /** The free memory that a dormant agent needs to wake up. */
  public long wakingBytes() {
    return WAKING_BYTES;
  }

  /** Limit for the newest events, with their stacks. */
  public long eventBytes() {
    long max = 5 * MIB;
    return heapBytes >= FULL_EVENTS_FROM ? max : between(128 * KIB, heapBytes * 15 / 1000, max);
  }

  /** Limit for standard output and error. */
  public long consoleBytes() {
    return between(32 * KIB, heapBytes / 100, 4 * MIB);
  }

  /** Limit for the compressed bytes of generated classes; 0 keeps none. */
  public long classBytes() {
    return dormant() ? 0 : between(64 * KIB, heapBytes / 64, 6 * MIB);
  }

  /** Limit for journal lines that wait for the collector. */
  public long journalBytes() {
    return between(64 * KIB, heapBytes / 64, 4 * MIB);
  }

  /** Limit for sent messages that are kept in case that the collector does not receive them. */
  public long sentBytes() {
    return between(16 * KIB, heapBytes / 1024, 256 * KIB);
  }

  /** Limit for alerts that wait for the collector, with their journals. */
  public long alertBytes() {
    return between(256 * KIB, heapBytes / 64, 8 * MIB);
  }

  /** Maximum number of matches that correlations keep. */
  public int keptMatches() {
    return (int) between(2 * KIB, heapBytes / 64 / KEPT_MATCH_BYTES, 16 * KIB);
  }

  /** Approximate bytes of so many kept matches. */
  public static long keptMatchBytes(int keptMatches) {
    return keptMatches * KEPT_MATCH_BYTES;
  }

  /** Limit for evidence if no folder is writable. */
  public long evidenceBytes() {
    return between(512 * KIB, heapBytes / 16, 16 * MIB);
  }

  /** Memory that is released on an OutOfMemoryError, so that it can be reported; 0 for none. */
  public long reserveBytes() {
    return heapBytes < RESERVE_FROM ? 0 : between(MIB, heapBytes / 16, 4 * MIB);
  }

  /**
   * The size of a table of fixed size.
   *
   * @param bits binary logarithm of its size in a large heap
   */
  public int tableBits(int bits) {
    int reduction = 0;
    for (long heap = heapBytes; heap < FULL_TABLES_FROM && reduction < 3; heap *= 2) {
      reduction++;
    }
    return Math.max(0, bits - reduction);
  }

  /** A number of entries, reduced in a small heap. */
  public int entries(int max) {
    return Math.max(1, (int) Math.min(max, max * heapBytes / FULL_TABLES_FROM));
  }

  /** What the agent omits in a heap of this size, as text for people; null if nothing. */
  public @Nullable String without() {
    if (recording()) {
      return null;
    }
    String heap = "heap of " + (heapBytes + MIB / 2) / MIB + " MiB: ";
    if (off()) {
      return heap + "no room for the agent, which needs " + OFF_BELOW / MIB + " MiB";
    }
    return dormant()
        ? heap
            + "events without stacks, no recording; rules and captures start with the first"
            + " event that points to an attack, if there is room"
        : heap + "no recording, events are kept in memory only";
  }

  private static long between(long min, long wanted, long max) {
    return Math.max(min, Math.min(wanted, max));
  }
}
