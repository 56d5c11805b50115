package whorl.agent.event;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Stacks, each kept once, in bounded memory and without a lock. Equal stacks are found by their
 * hash and told apart by comparing every frame.
 *
 * <p>There are two {@link StackGeneration generations}: when the current one is full, a new one
 * takes its place and the one before it is forgotten, with its stacks. An event keeps a number that
 * names the generation too, so it never finds another event's stack: it finds its own or none.
 */
final class StackTable {
  /** The number of no stack. */
  static final long NONE = 0;

  private static final int PLACE_BITS = 20;
  private static final int GENERATIONS = 2;

  private final int generationBytes;
  private final AtomicBoolean replacing = new AtomicBoolean();
  private volatile View generations;
  private final AtomicLong forgotten = new AtomicLong();

  /**
   * @param maxBytes 0: no stack is kept
   */
  StackTable(int maxBytes) {
    generationBytes = maxBytes / GENERATIONS;
    generations = new View(new StackGeneration(1, generationBytes), null);
  }

  /** What the table holds at one moment, for those who read it for longer. */
  record View(StackGeneration current, @Nullable StackGeneration previous) {
    /** The stack of this number; null when there is none any more. */
    StackTraceElement @Nullable [] stack(long number) {
      long generation = number >>> PLACE_BITS;
      int place = (int) number & (1 << PLACE_BITS) - 1;
      if (current.number() == generation) {
        return current.stack(place);
      }
      return previous != null && previous.number() == generation ? previous.stack(place) : null;
    }
  }

  View view() {
    return generations;
  }

  boolean keepsStacks() {
    return generationBytes > 0;
  }

  /**
   * Keeps a stack; one that a whole generation has no room for is cut at its outer end.
   *
   * @return its number, or {@link #NONE}
   */
  long keep(StackTraceElement[] stack) {
    if (generationBytes == 0 || stack.length == 0) {
      return NONE;
    }
    View now = generations;
    int place = now.current().keep(stack, false);
    if (place < 0) {
      now = replaced(now);
      // Where the generation is not new, other stacks took the room, and this one is not too large.
      place = now.current().keep(stack, now.current().count() == 0);
    }
    return place < 0 ? NONE : now.current().number() << PLACE_BITS | place;
  }

  /** Stacks that were kept once and are no more. */
  long forgotten() {
    return forgotten.get();
  }

  /** About how many bytes the stacks take. */
  long bytes() {
    View now = generations;
    StackGeneration previous = now.previous();
    return now.current().bytes() + (previous == null ? 0 : previous.bytes());
  }

  /** A thread that finds another one at this goes on with what there is. */
  private View replaced(View full) {
    if (!replacing.compareAndSet(false, true)) {
      return generations;
    }
    try {
      if (generations == full) {
        StackGeneration last = full.current();
        StackGeneration gone = full.previous();
        generations = new View(new StackGeneration(last.number() + 1, generationBytes), last);
        forgotten.addAndGet(gone == null ? 0 : gone.count());
      }
      return generations;
    } finally {
      replacing.set(false);
    }
  }
}
