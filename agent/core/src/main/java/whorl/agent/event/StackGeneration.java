package whorl.agent.event;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Stacks and their frames, each once, until they take as many bytes as are allowed. Nothing is
 * removed, so that a place once given stays that of its stack.
 */
final class StackGeneration {
  private static final int PROBES = 32;

  /** A table has a slot for so many bytes; half of its slots stay empty. */
  private static final int BYTES_PER_FRAME_SLOT = 128;

  private static final int BYTES_PER_STACK_SLOT = 256;
  private static final int LEAST_SLOTS = 64;

  private static final int STACK_BYTES = 24;
  private static final int REFERENCE_BYTES = 8;

  private final long number;
  private final int maxBytes;
  private final AtomicReferenceArray<@Nullable StackTraceElement> frames;
  private final AtomicReferenceArray<StackTraceElement @Nullable []> stacks;
  private final AtomicInteger bytes = new AtomicInteger();
  private final AtomicInteger count = new AtomicInteger();

  StackGeneration(long number, int maxBytes) {
    this.number = number;
    this.maxBytes = maxBytes;
    frames = new AtomicReferenceArray<>(slots(maxBytes, BYTES_PER_FRAME_SLOT));
    stacks = new AtomicReferenceArray<>(slots(maxBytes, BYTES_PER_STACK_SLOT));
    bytes.set(maxBytes == 0 ? 0 : (frames.length() + stacks.length()) * REFERENCE_BYTES);
  }

  long number() {
    return number;
  }

  int bytes() {
    return bytes.get();
  }

  /** How many stacks there are. */
  int count() {
    return count.get();
  }

  StackTraceElement @Nullable [] stack(int place) {
    return place < stacks.length() ? stacks.get(place) : null;
  }

  /**
   * Keeps a stack.
   *
   * @param cut whether as many of its frames will do as there is room for
   * @return its place; -1 when there is no room
   */
  int keep(StackTraceElement[] stack, boolean cut) {
    int hash = 1;
    for (StackTraceElement frame : stack) {
      hash = 31 * hash + frame.hashCode();
    }
    int found = find(stack, spread(hash));
    if (found >= 0) {
      return found;
    }
    StackTraceElement[] kept = new StackTraceElement[stack.length];
    if (!takes(STACK_BYTES + REFERENCE_BYTES * stack.length)) {
      return -1;
    }
    for (int i = 0; i < stack.length; i++) {
      StackTraceElement frame = frame(stack[i]);
      if (frame == null) {
        return cut && i > 0 ? keep(Arrays.copyOf(kept, i), false) : -1;
      }
      kept[i] = frame;
    }
    return add(kept, spread(hash));
  }

  private int find(StackTraceElement[] stack, int hash) {
    for (int probe = 0; probe < PROBES; probe++) {
      int place = hash + probe & stacks.length() - 1;
      StackTraceElement[] there = stacks.get(place);
      if (there == null) {
        return -1;
      }
      if (Arrays.equals(there, stack)) {
        return place;
      }
    }
    return -1;
  }

  private int add(StackTraceElement[] stack, int hash) {
    for (int probe = 0; probe < PROBES; probe++) {
      int place = hash + probe & stacks.length() - 1;
      if (stacks.get(place) == null && stacks.compareAndSet(place, null, stack)) {
        count.incrementAndGet();
        return place;
      }
      if (Arrays.equals(stacks.get(place), stack)) {
        return place;
      }
    }
    return -1;
  }

  /** The one frame that is kept of those equal to it; null when there is no room. */
  private @Nullable StackTraceElement frame(StackTraceElement frame) {
    int hash = spread(frame.hashCode());
    for (int probe = 0; probe < PROBES; probe++) {
      int place = hash + probe & frames.length() - 1;
      StackTraceElement there = frames.get(place);
      if (there == null) {
        if (!takes(size(frame))) {
          return null;
        }
        if (frames.compareAndSet(place, null, frame)) {
          return frame;
        }
        there = frames.get(place);
      }
      if (frame.equals(there)) {
        return there;
      }
    }
    return null;
  }

  /** Whether there is room for so many bytes more, which are counted then. */
  private boolean takes(int more) {
    if (bytes.addAndGet(more) <= maxBytes) {
      return true;
    }
    bytes.addAndGet(-more);
    return false;
  }

  private static int size(StackTraceElement frame) {
    return EventSize.FRAME_BYTES
        + EventSize.of(frame.getClassName())
        + frame.getMethodName().length()
        + (frame.getFileName() == null ? 0 : frame.getFileName().length());
  }

  private static int slots(int maxBytes, int bytesPerSlot) {
    return Math.max(LEAST_SLOTS, Integer.highestOneBit(maxBytes / bytesPerSlot));
  }

  private static int spread(int hash) {
    int mixed = hash * 0x9E3779B9;
    return mixed ^ mixed >>> 16;
  }
}
