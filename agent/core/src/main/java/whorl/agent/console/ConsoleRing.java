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
 * The newest of what was written to standard output and error, in the order in which it was
 * written. Bounded in bytes, the bookkeeping counted; what has to go is counted too. Without a
 * lock: the application's threads add to it while they hold their own. A thread that meets another
 * one here writes into a block of its own.
 */
public final class ConsoleRing {
  private static final int BLOCK_MAX_BYTES = 16 << 10;
  private static final int BLOCKS_LEAST = 16;

  /** Blocks that somebody has at the moment and so are not dropped, before the ring grows. */
  private static final int BUSY_MAX = 4;

  /** To get the newest block, before a write goes by itself. */
  private static final int ATTEMPTS = 64;

  /** Writers that left a line open when they were last dropped; most end every line. */
  private static final int OPEN_MAX = 1024;

  private final long maxBytes;
  private final int blockBytes;
  private final Queue<ConsoleBlock> blocks = new ConcurrentLinkedQueue<>();

  /** The newest of them. */
  private final AtomicReference<@Nullable ConsoleBlock> current = new AtomicReference<>();

  /** What was dropped last, to be used again. */
  private final AtomicReference<@Nullable ConsoleBlock> spare = new AtomicReference<>();

  private final AtomicLong next = new AtomicLong();
  private final AtomicLong held = new AtomicLong();
  private final AtomicLong writesDropped = new AtomicLong();
  private final AtomicLong bytesDropped = new AtomicLong();

  /**
   * By writer, when it wrote what was dropped last, where that line goes on in what is held. Only
   * numbers, so that nothing that was dropped stays in memory.
   */
  private final Map<Long, Long> open = new ConcurrentHashMap<>();

  private volatile boolean moreOpen;

  /**
   * @param maxBytes of memory, about
   */
  public ConsoleRing(long maxBytes) {
    this.maxBytes = maxBytes;
    this.blockBytes =
        (int)
            Math.max(
                1, Math.min(BLOCK_MAX_BYTES, maxBytes / BLOCKS_LEAST - ConsoleBlock.BESIDE_BYTES));
  }

  /**
   * Adds a write. Called on the writing thread.
   *
   * @param text from its position to its limit
   * @param leftOut how many more bytes there were
   * @param endsLine whether the last of all these is the end of a line
   */
  public void add(Writer writer, long epochNanos, ByteBuffer text, long leftOut, boolean endsLine) {
    if (leftOut > 0) {
      bytesDropped.addAndGet(leftOut);
    }
    int bytes = ConsoleBlock.HEAD_BYTES + text.remaining();
    ConsoleBlock newest = takeCurrent();
    if (newest != null) {
      try { // there may be no memory for another block
        if (!newest.add(next.getAndIncrement(), writer, epochNanos, text, leftOut, endsLine)) {
          ConsoleBlock block = fresh(bytes);
          begin(block, writer, epochNanos, text, leftOut, endsLine);
          follow(newest, block);
        }
      } finally {
        newest.giveBack();
      }
    } else if (current.get() == null) {
      ConsoleBlock block = fresh(bytes);
      begin(block, writer, epochNanos, text, leftOut, endsLine);
      follow(null, block);
    } else { // another thread is at work there, so this write goes by itself
      ConsoleBlock block = new ConsoleBlock(bytes);
      begin(block, writer, epochNanos, text, leftOut, endsLine);
      block.giveBack();
    }
    drop();
  }

  /** A block of the ring begins with this write; the caller has it still. */
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
      if (!begun) { // no memory, or no stack
        block.giveBack();
      }
    }
  }

  /**
   * The next writes go into this block, which the caller has no longer. After a large write begins
   * another one, so that what is dropped first is the oldest.
   */
  private void follow(@Nullable ConsoleBlock before, ConsoleBlock block) {
    current.compareAndSet(before, block.capacity() == blockBytes ? block : null);
    block.giveBack(); // not before: it could be dropped, and be the current one for ever
  }

  /** The newest block, which the caller has then; null when there is none or others have it. */
  private @Nullable ConsoleBlock takeCurrent() {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      ConsoleBlock newest = current.get();
      if (newest == null) {
        return null;
      }
      if (newest.take()) {
        if (current.get() == newest) {
          return newest;
        }
        newest.giveBack();
      }
      Thread.onSpinWait();
    }
    return null;
  }

  /** A block that the caller has, with room for so many bytes. */
  private ConsoleBlock fresh(int least) {
    if (least > blockBytes) {
      return new ConsoleBlock(least);
    }
    ConsoleBlock used = spare.getAndSet(null);
    if (used == null) {
      return new ConsoleBlock(blockBytes);
    }
    used.reuse();
    return used;
  }

  private void drop() {
    for (int busy = 0; held.get() > maxBytes && busy < BUSY_MAX; ) {
      ConsoleBlock oldest = blocks.poll();
      if (oldest == null) {
        return;
      }
      if (!oldest.take()) {
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

  /** A write is no longer held. */
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
   * Whether the line that {@code next} goes on with lacks a piece, which was dropped.
   *
   * @param last what is known to have been written before it; null when nothing is
   */
  public boolean lacksPiece(@Nullable ConsoleWrite last, ConsoleWrite next) {
    Long dropped = open.get(next.writer().key());
    if (dropped == null) {
      return moreOpen && last == null;
    }
    return dropped < next.sequence() && (last == null || last.sequence() < dropped);
  }

  /** What is held now. On a thread of the agent's. */
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

  /** What was dropped so far, by counter name. */
  public Map<String, Long> losses() {
    return Map.of(
        "console.writesDropped", writesDropped.get(), "console.bytesDropped", bytesDropped.get());
  }

  /** Of memory, about. */
  public long heldBytes() {
    return held.get();
  }
}
