package whorl.agent.heap;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import org.jspecify.annotations.Nullable;

/**
 * gzip on several threads: each block becomes a member of its own, and concatenated members are a
 * gzip file. While the output below keeps up, compression is what the application waits for, so it
 * is done fast ({@link QuickDeflate}). Otherwise zlib's fastest level is used, which produces less
 * output. The first member states the size of the blocks, in the form that HotSpot uses when it
 * compresses a dump itself, so tools that know this form can open the compressed dump directly.
 *
 * <pre>
 * 1f 8b 08 10 00000000 04 ff  "HPROF BLOCKSIZE=262144" 00  deflated  crc32  length    first member
 * 1f 8b 08 00 00000000 04 ff                               deflated  crc32  length    the others
 * </pre>
 *
 * <p>One thread writes. Memory: two blocks for each thread, and two more.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc1952">RFC 1952</a>
 */
final class BlockGzip extends OutputStream {
  static final int BLOCK_BYTES = 256 << 10;

  private static final int THREADS_MAX = 4;
  private static final int WAIT_MILLIS = 100;
  private static final int HEADER_BYTES = 10;
  private static final int TRAILER_BYTES = 8;
  private static final int FLAGS_AT = 3;
  private static final byte COMMENT_FOLLOWS = 0x10;
  private static final byte[] COMMENT =
      ("HPROF BLOCKSIZE=" + BLOCK_BYTES + "\0").getBytes(StandardCharsets.US_ASCII);
  private static final byte[] HEADER = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 4, (byte) 0xff};

  private static final int STORED_MAX_BYTES = 0xffff;
  private static final int STORED_HEADER_BYTES = 5;

  /** If writing a block takes longer than this on average, blocks are queueing up. */
  private static final long SLOW_NANOS = 1_000_000;

  private final OutputStream out;
  private final BlockingQueue<Block> free;
  private final BlockingQueue<Block> full;
  private final List<Thread> threads = new ArrayList<>();
  private final Object turn = new Object();
  private Block filling;
  private long nextNumber;
  private boolean closed;

  /** Guarded by {@link #turn}, as are the writes to {@link #out}. */
  private long written;

  /** The time to write a block, a moving average. Only the thread whose turn it is writes it. */
  private volatile long writeNanos;

  private volatile @Nullable Throwable failure;
  private volatile boolean ended;

  /**
   * @param out written by one thread at a time; closed together with this stream
   */
  BlockGzip(OutputStream out, ThreadFactory factory) {
    this.out = out;
    int workers = Math.min(THREADS_MAX, Runtime.getRuntime().availableProcessors());
    int blocks = workers + 2;
    free = new ArrayBlockingQueue<>(blocks);
    full = new ArrayBlockingQueue<>(blocks);
    for (int i = 1; i < blocks; i++) {
      free.add(new Block());
    }
    filling = new Block();
    for (int i = 0; i < workers; i++) {
      Thread thread = factory.newThread(this::work);
      thread.setName("whorl-gzip");
      threads.add(thread);
      thread.start();
    }
  }

  private static final class Block {
    private final byte[] bytes = new byte[BLOCK_BYTES];
    private int length;
    private long number;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] from, int offset, int length) throws IOException {
    int at = offset;
    int left = length;
    while (left > 0) {
      if (filling.length == BLOCK_BYTES) {
        handOver();
      }
      int taken = Math.min(left, BLOCK_BYTES - filling.length);
      System.arraycopy(from, at, filling.bytes, filling.length, taken);
      filling.length += taken;
      at += taken;
      left -= taken;
    }
  }

  private void handOver() throws IOException {
    filling.number = nextNumber++;
    full.add(filling);
    try {
      Block next = free.poll(WAIT_MILLIS, TimeUnit.MILLISECONDS);
      while (next == null) {
        refuseIfFailed();
        next = free.poll(WAIT_MILLIS, TimeUnit.MILLISECONDS);
      }
      refuseIfFailed();
      next.length = 0;
      filling = next;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("compressing was interrupted");
    }
  }

  private void refuseIfFailed() throws IOException {
    Throwable cause = failure;
    if (cause != null) {
      throw new IOException(HeapReader.reason(cause), cause);
    }
  }

  /** Writes the rest and closes the stream below; throws a failure of any thread. */
  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    try {
      if (filling.length > 0 || nextNumber == 0) {
        handOver();
      }
      awaitWritten();
    } finally {
      ended = true;
      threads.forEach(Thread::interrupt);
    }
    out.close();
  }

  /** Ends the threads of a stream that will not be closed. */
  void abandon() {
    ended = true;
    threads.forEach(Thread::interrupt);
  }

  private void awaitWritten() throws IOException {
    synchronized (turn) {
      while (written < nextNumber) {
        refuseIfFailed();
        try {
          turn.wait(WAIT_MILLIS);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new InterruptedIOException("compressing was interrupted");
        }
      }
    }
  }

  private void work() {
    Deflater deflater = new Deflater(Deflater.BEST_SPEED, true);
    QuickDeflate quick = new QuickDeflate();
    byte[] packed =
        new byte[2 * HEADER_BYTES + COMMENT.length + QuickDeflate.maxBytes(BLOCK_BYTES)];
    try {
      while (!ended) {
        Block block = full.take();
        int length = pack(block, writeNanos > SLOW_NANOS ? deflater : null, quick, packed);
        writeInTurn(block, packed, length);
      }
    } catch (InterruptedException e) {
      if (!ended) {
        fail(e);
      }
    } catch (Throwable e) {
      fail(e);
    } finally {
      deflater.end();
    }
  }

  private void fail(Throwable e) {
    synchronized (turn) {
      if (failure == null) {
        failure = e;
      }
      turn.notifyAll();
    }
  }

  private void writeInTurn(Block block, byte[] packed, int length)
      throws IOException, InterruptedException {
    long number = block.number;
    synchronized (turn) {
      while (written != number && failure == null) {
        turn.wait();
      }
      if (failure != null) {
        return;
      }
      long startedNanos = System.nanoTime();
      out.write(packed, 0, length);
      writeNanos += (System.nanoTime() - startedNanos - writeNanos) / 8;
      written++;
      free.add(block);
      turn.notifyAll();
    }
  }

  /**
   * @param deflater null for {@code quick}
   */
  private static int pack(
      Block block, @Nullable Deflater deflater, QuickDeflate quick, byte[] packed)
      throws IOException {
    ByteBuffer member = ByteBuffer.wrap(packed).order(ByteOrder.LITTLE_ENDIAN);
    member.put(HEADER);
    if (block.number == 0) {
      member.put(FLAGS_AT, COMMENT_FOLLOWS);
      member.put(COMMENT);
    }
    int start = member.position();
    member.position(
        deflater == null
            ? quick.deflate(block.bytes, block.length, packed, start)
            : deflate(block, deflater, packed, start));
    if (member.position() - start > storedBytes(block.length)) {
      member.position(start);
      store(block, member);
    }
    CRC32 crc = new CRC32();
    crc.update(block.bytes, 0, block.length);
    member.putInt((int) crc.getValue());
    member.putInt(block.length);
    return member.position();
  }

  private static int deflate(Block block, Deflater deflater, byte[] packed, int start)
      throws IOException {
    deflater.reset();
    deflater.setInput(block.bytes, 0, block.length);
    deflater.finish();
    int deflated = deflater.deflate(packed, start, packed.length - start - TRAILER_BYTES);
    if (!deflater.finished()) {
      throw new IOException("a block of " + block.length + " bytes did not fit when compressed");
    }
    return start + deflated;
  }

  private static int storedBytes(int length) {
    return length + (length / STORED_MAX_BYTES + 1) * STORED_HEADER_BYTES;
  }

  /** Stores data that does not compress. */
  private static void store(Block block, ByteBuffer member) {
    int at = 0;
    while (at < block.length) {
      int length = Math.min(block.length - at, STORED_MAX_BYTES);
      member.put((byte) (at + length == block.length ? 1 : 0));
      member.putShort((short) length);
      member.putShort((short) ~length);
      member.put(block.bytes, at, length);
      at += length;
    }
  }
}
