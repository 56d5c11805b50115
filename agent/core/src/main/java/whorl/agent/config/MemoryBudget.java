package whorl.agent.config;

import org.jspecify.annotations.Nullable;

/**
 * How much of the heap the agent takes, all of it derived from the heap's largest size. {@code
 * docs/limits.md} shows the numbers.
 *
 * <p>The measure is a program that fills three quarters of its heap: it must run with the agent as
 * without. The hooks and their ring take about 1.5 MiB, the way to the collector, the rules and
 * captures 3 MiB more, a recording 5 MiB more.
 *
 * @param heapBytes the heap's largest size
 */
public record MemoryBudget(long heapBytes) {
  /** That of the JVM this runs in. */
  public static final MemoryBudget OF_THIS_JVM = new MemoryBudget(Runtime.getRuntime().maxMemory());

  private static final long KIB = 1 << 10;
  private static final long MIB = 1 << 20;

  /** Below, the agent does not start: ZGC, which gives out 2 MiB at a time, has no room for it. */
  private static final long OFF_BELOW = 28 * MIB;

  /** Below, there is room for the hooks alone. */
  private static final long DORMANT_BELOW = 52 * MIB;

  private static final long RESERVE_FROM = 56 * MIB;
  private static final long RECORDING_FROM = 72 * MIB;
  private static final long FULL_TABLES_FROM = 128 * MIB;

  /** From here on the ring holds an ordinary server's start and what comes right after. */
  private static final long FULL_EVENTS_FROM = 192 * MIB;

  /** What everything that a dormant agent wakes up takes, and as much again for garbage. */
  private static final long WAKING_BYTES = 8 * MIB;

  /** What a correlation remembers of one match takes about as much. */
  private static final long KEPT_MATCH_BYTES = 512;

  /** Whether the agent does not start at all. */
  public boolean off() {
    return heapBytes < OFF_BELOW;
  }

  /**
   * Whether only the hooks and the ring start; everything else waits for an event that an attack
   * makes, and for room.
   */
  public boolean dormant() {
    return heapBytes < DORMANT_BELOW;
  }

  /** Whether JFR is started. */
  public boolean recording() {
    return heapBytes >= RECORDING_FROM;
  }

  /** Whether the ring keeps stacks. */
  public boolean stacks() {
    return !dormant();
  }

  /** What has to be free before a dormant agent wakes up. */
  public long wakingBytes() {
    return WAKING_BYTES;
  }

  /** Of the last events, with their stacks. */
  public long eventBytes() {
    long most = 5 * MIB;
    return heapBytes >= FULL_EVENTS_FROM ? most : between(128 * KIB, heapBytes * 15 / 1000, most);
  }

  /** Of what was written to standard output and error. */
  public long consoleBytes() {
    return between(32 * KIB, heapBytes / 100, 4 * MIB);
  }

  /** Of classes made at run time: what is kept of them, compressed; 0: their bytes are not kept. */
  public long classBytes() {
    return dormant() ? 0 : between(64 * KIB, heapBytes / 64, 6 * MIB);
  }

  /** Of lines that wait for the collector. */
  public long journalBytes() {
    return between(64 * KIB, heapBytes / 64, 4 * MIB);
  }

  /** Of alerts that wait for the collector, with the events that led to them. */
  public long alertBytes() {
    return between(256 * KIB, heapBytes / 64, 8 * MIB);
  }

  /** Matches that correlations remember. */
  public int keptMatches() {
    return (int) between(2 * KIB, heapBytes / 64 / KEPT_MATCH_BYTES, 16 * KIB);
  }

  /** What so many matches take that correlations remember, about. */
  public static long keptMatchBytes(int keptMatches) {
    return keptMatches * KEPT_MATCH_BYTES;
  }

  /** Of evidence where no folder is writable. */
  public long evidenceBytes() {
    return between(512 * KIB, heapBytes / 16, 16 * MIB);
  }

  /** Let go of when memory runs out, so that it can be reported; 0: none is held. */
  public long reserveBytes() {
    return heapBytes < RESERVE_FROM ? 0 : between(MIB, heapBytes / 16, 4 * MIB);
  }

  /**
   * The size of a table of fixed size.
   *
   * @param bits binary logarithm of its size in a large heap
   */
  public int tableBits(int bits) {
    int fewer = 0;
    for (long heap = heapBytes; heap < FULL_TABLES_FROM && fewer < 3; heap *= 2) {
      fewer++;
    }
    return Math.max(0, bits - fewer);
  }

  /** A number of entries, which is smaller in a small heap. */
  public int entries(int most) {
    return Math.max(1, (int) Math.min(most, most * heapBytes / FULL_TABLES_FROM));
  }

  /** What the agent does without in a heap of this size, for people; null: nothing. */
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

  private static long between(long least, long wanted, long most) {
    return Math.max(least, Math.min(wanted, most));
  }
}
