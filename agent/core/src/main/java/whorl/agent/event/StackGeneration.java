package whorl.agent.event;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;
import whorl.event.EventSize;

/**
 * Keeps stacks and their frames, each once, up to a byte limit. Nothing is removed, so a stack
 * keeps its position.
 */
final class StackGeneration {
  private static final int PROBES = 32;

  /** One slot of a table per so many bytes; half of the slots stay empty. */
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

  /** Number of stacks. */
  int count() {
    return count.get();
  }

  StackTraceElement @Nullable [] stack(int position) {
    return position < stacks.length() ? stacks.get(position) : null;
  }

  /**
   * Adds a stack.
   *
   * @param cut whether the stack may be cut to the frames that fit
   * @return its position; -1 if there is no room
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
    if (!reserve(STACK_BYTES + REFERENCE_BYTES * stack.length)) {
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
      int position = hash + probe & stacks.length() - 1;
      StackTraceElement[] existing = stacks.get(position);
      if (existing == null) {
        return -1;
      }
      if (Arrays.equals(existing, stack)) {
        return position;
      }
    }
    return -1;
  }

  private int add(StackTraceElement[] stack, int hash) {
    for (int probe = 0; probe < PROBES; probe++) {
      int position = hash + probe & stacks.length() - 1;
      if (stacks.get(position) == null && stacks.compareAndSet(position, null, stack)) {
        count.incrementAndGet();
        return position;
      }
      if (Arrays.equals(stacks.get(position), stack)) {
        return position;
      }
    }
    return -1;
  }

  /** Returns the kept frame equal to this one, adding it if needed; null if there is no room. */
  private @Nullable StackTraceElement frame(StackTraceElement frame) {
    int hash = spread(frame.hashCode());
    for (int probe = 0; probe < PROBES; probe++) {
      int position = hash + probe & frames.length() - 1;
      StackTraceElement existing = frames.get(position);
      if (existing == null) {
        if (!reserve(size(frame))) {
          return null;
        }
        if (frames.compareAndSet(position, null, frame)) {
          return frame;
        }
        existing = frames.get(position);
      }
      if (frame.equals(existing)) {
        return existing;
      }
    }
    return null;
  }

  /** Reserves so many bytes; false if there is no room. */
  private boolean reserve(int more) {
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
