package whorl.agent.console;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import whorl.agent.console.ConsoleWrite.Writer;

/**
 * Keeps the newest writes to standard output and error, in order. Bounded in bytes, including
 * bookkeeping; dropped writes are counted. No lock, because the application's threads add to it
 * while they hold their own locks. A thread that meets another one here writes into a separate
 * block.
 */
public final class ConsoleRing {
  private static final int BLOCK_MAX_BYTES = 16 << 10;
  private static final int BLOCKS_MIN = 16;

  /** Owned blocks cannot be dropped; after so many of them the ring grows instead. */
  private static final int BUSY_MAX = 4;

  /** Attempts to own the newest block, before a write gets a separate block. */
  private static final int ATTEMPTS = 64;

  /**
   * Maximum number of writers whose last dropped write left a line open; most writes end with a
   * line.
   */
  private static final int OPEN_MAX = 1024;

  private final long maxBytes;
  private final int blockBytes;
  private final Queue<ConsoleBlock> blocks = new ConcurrentLinkedQueue<>();

  /** The newest block. */
  private final AtomicReference<@Nullable ConsoleBlock> current = new AtomicReference<>();

  /** The last dropped block, for reuse. */
  private final AtomicReference<@Nullable ConsoleBlock> spare = new AtomicReference<>();

  private final AtomicLong next = new AtomicLong();
  private final AtomicLong held = new AtomicLong();
  private final AtomicLong writesDropped = new AtomicLong();
  private final AtomicLong bytesDropped = new AtomicLong();

  /**
   * By writer: the sequence of the last dropped write, if its line goes on in the held ones. Only
   * numbers, so that nothing that was dropped stays in memory.
   */
  private final Map<Long, Long> open = new ConcurrentHashMap<>();

  private volatile boolean moreOpen;

  /**
   * @param maxBytes approximate memory limit
   */
  public ConsoleRing(long maxBytes) {
    this.maxBytes = maxBytes;
    this.blockBytes =
        (int)
            Math.max(
                1, Math.min(BLOCK_MAX_BYTES, maxBytes / BLOCKS_MIN - ConsoleBlock.OVERHEAD_BYTES));
  }

  /**
   * Adds a write. Called on the writing thread.
   *
   * @param text from its position to its limit
   * @param leftOut number of additional bytes
   * @param endsLine true if the last of all these bytes ends a line
   */
  public void add(Writer writer, long epochNanos, ByteBuffer text, long leftOut, boolean endsLine) {
    if (leftOut > 0) {
      bytesDropped.addAndGet(leftOut);
    }
    int bytes = ConsoleBlock.HEAD_BYTES + text.remaining();
    ConsoleBlock newest = ownCurrent();
    if (newest != null) {
      try { // there may be no memory for another block
        if (!newest.add(next.getAndIncrement(), writer, epochNanos, text, leftOut, endsLine)) {
          ConsoleBlock block = fresh(bytes);
          begin(block, writer, epochNanos, text, leftOut, endsLine);
          makeCurrent(newest, block);
        }
      } finally {
        newest.release();
      }
    } else if (current.get() == null) {
      ConsoleBlock block = fresh(bytes);
      begin(block, writer, epochNanos, text, leftOut, endsLine);
      makeCurrent(null, block);
    } else { // another thread owns the newest block
      ConsoleBlock block = new ConsoleBlock(bytes);
      begin(block, writer, epochNanos, text, leftOut, endsLine);
      block.release();
    }
    drop();
  }

  /** Starts a block of the ring with this write; the caller still owns the block. */
  private void begin(
      ConsoleBlock block,
      Writer writer,
      long epochNanos,
      ByteBuffer text,
      long leftOut,
      boolean endsLine) {
    boolean begun = false;
    try {
      block.add(next.getAndIncrement(), writer, epochNanos, text, leftOut, endsLine);
      blocks.add(block);
      held.addAndGet(block.heldBytes());
      begun = true;
    } finally {
      if (!begun) { // no memory, or a StackOverflowError
        block.release();
      }
    }
  }

  /**
   * Makes this block the current one and releases it. After a large write another block begins, so
   * that the oldest writes are dropped first.
   */
  private void makeCurrent(@Nullable ConsoleBlock before, ConsoleBlock block) {
    current.compareAndSet(before, block.capacity() == blockBytes ? block : null);
    block.release(); // not earlier: it could be dropped while it is the current one
  }

  /** Owns and returns the newest block; null if there is none or other threads own it. */
  private @Nullable ConsoleBlock ownCurrent() {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      ConsoleBlock newest = current.get();
      if (newest == null) {
        return null;
      }
      if (newest.own()) {
        if (current.get() == newest) {
          return newest;
        }
        newest.release();
      }
      Thread.onSpinWait();
    }
    return null;
  }

  /** Returns a block that the caller owns, with room for so many bytes. */
  private ConsoleBlock fresh(int minBytes) {
    if (minBytes > blockBytes) {
      return new ConsoleBlock(minBytes);
    }
    ConsoleBlock reused = spare.getAndSet(null);
    if (reused == null) {
      return new ConsoleBlock(blockBytes);
    }
    reused.reuse();
    return reused;
  }

  private void drop() {
    for (int busy = 0; held.get() > maxBytes && busy < BUSY_MAX; ) {
      ConsoleBlock oldest = blocks.poll();
      if (oldest == null) {
        return;
      }
      if (!oldest.own()) {
        blocks.add(oldest);
        busy++;
        continue;
      }
      held.addAndGet(-oldest.heldBytes());
      current.compareAndSet(oldest, null);
      oldest.dropFrom(this);
      if (oldest.retire() && oldest.capacity() == blockBytes) {
        spare.set(oldest);
      }
    }
  }

  /** Counts a write that is no longer held. */
  void dropped(long sequence, Writer writer, int length, boolean endsLine) {
    writesDropped.incrementAndGet();
    bytesDropped.addAndGet(length);
    if (!endsLine) {
      if (open.size() < OPEN_MAX) {
        open.put(writer.key(), sequence);
      } else {
        moreOpen = true;
      }
    } else if (!open.isEmpty()) {
      open.remove(writer.key());
    }
  }

  /**
   * True if the line that {@code next} continues lacks a dropped piece.
   *
   * @param last the last known write before it; null if there is none
   */
  public boolean lacksPiece(@Nullable ConsoleWrite last, ConsoleWrite next) {
    Long dropped = open.get(next.writer().key());
    if (dropped == null) {
      return moreOpen && last == null;
    }
    return dropped < next.sequence() && (last == null || last.sequence() < dropped);
  }

  /** Returns the current content. Called on a thread of the agent. */
  public ConsoleSnapshot snapshot() {
    List<ConsoleBlock.View> views = new ArrayList<>();
    for (ConsoleBlock block : blocks) {
      ConsoleBlock.View view = block.view();
      if (view != null) {
        views.add(view);
      }
    }
    return new ConsoleSnapshot(views);
  }

  /** Number of losses so far, by counter name. */
  public Map<String, Long> losses() {
    return Map.of(
        "console.writesDropped", writesDropped.get(), "console.bytesDropped", bytesDropped.get());
  }

  /** Approximate memory. */
  public long heldBytes() {
    return held.get();
  }
}
