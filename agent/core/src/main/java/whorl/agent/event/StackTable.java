package whorl.agent.event;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Keeps each stack once, in bounded memory and without a lock. Equal stacks are found by hash and
 * compared frame by frame.
 *
 * <p>There are two {@link StackGeneration generations}. When the current one is full, a new one
 * replaces it and the previous one is dropped with its stacks. A stack's number includes its
 * generation, so an event finds its own stack or none, never another's.
 */
final class StackTable {
  /** The number that stands for no stack. */
  static final long NONE = 0;

  private static final int POSITION_BITS = 20;
  private static final int GENERATIONS = 2;

  private final int generationBytes;
  private final AtomicBoolean replacing = new AtomicBoolean();
  private volatile View generations;
  private final AtomicLong forgotten = new AtomicLong();

  /**
   * @param maxBytes 0 keeps no stack
   */
  StackTable(int maxBytes) {
    generationBytes = maxBytes / GENERATIONS;
    generations = new View(new StackGeneration(1, generationBytes), null);
  }

  /** The state of the table at one moment, for longer reads. */
  record View(StackGeneration current, @Nullable StackGeneration previous) {
    /** The stack of this number; null if it was dropped. */
    StackTraceElement @Nullable [] stack(long number) {
      long generation = number >>> POSITION_BITS;
      int position = (int) number & (1 << POSITION_BITS) - 1;
      if (current.number() == generation) {
        return current.stack(position);
      }
      return previous != null && previous.number() == generation ? previous.stack(position) : null;
    }
  }

  View view() {
    return generations;
  }

  boolean keepsStacks() {
    return generationBytes > 0;
  }

  /**
   * Adds a stack. A stack that is larger than a whole generation loses its outermost frames.
   *
   * @return its number, or {@link #NONE}
   */
  long keep(StackTraceElement[] stack) {
    if (generationBytes == 0 || stack.length == 0) {
      return NONE;
    }
    View now = generations;
    int position = now.current().keep(stack, false);
    if (position < 0) {
      now = replaced(now);
      // In a generation that is not empty, other stacks took the room; this one is not too large by
      // itself.
      position = now.current().keep(stack, now.current().count() == 0);
    }
    return position < 0 ? NONE : now.current().number() << POSITION_BITS | position;
  }

  /** Number of stacks that were dropped. */
  long forgotten() {
    return forgotten.get();
  }

  /** Approximate bytes of the stacks. */
  long bytes() {
    View now = generations;
    StackGeneration previous = now.previous();
    return now.current().bytes() + (previous == null ? 0 : previous.bytes());
  }

  /** Starts a new generation. If another thread is doing so, returns the current state. */
  private View replaced(View full) {
    if (!replacing.compareAndSet(false, true)) {
      return generations;
    }
    try {
      if (generations == full) {
        StackGeneration last = full.current();
        StackGeneration dropped = full.previous();
        generations = new View(new StackGeneration(last.number() + 1, generationBytes), last);
        forgotten.addAndGet(dropped == null ? 0 : dropped.count());
      }
      return generations;
    } finally {
      replacing.set(false);
    }
  }
}
