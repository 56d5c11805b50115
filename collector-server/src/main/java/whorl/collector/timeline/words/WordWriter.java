package whorl.collector.timeline.words;

import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import whorl.collector.thread.DaemonThreads;

/**
 * Writes a {@link WordFile}. Consecutive texts form a block. The writer's own thread processes a
 * block while the next one is filled. Thread-safe.
 */
public final class WordWriter implements Closeable {
  /** The number of texts in a block. */
  public static final int BLOCK_TEXTS = 2_048;

  private static final int GROUP_BLOCKS = 4;

  /** The maximum number of waiting blocks; each may hold {@link Block#TEXT_MAX_BYTES}. */
  private static final int WAITING_MAX = 2;

  private final OutputStream out;
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(new DaemonThreads("whorl-words"));
  private final Deque<Future<?>> waiting = new ArrayDeque<>();
  private Batch batch = new Batch();
  private long batches;

  // used by the writer's thread only, until it has ended
  private final Block block = new Block();
  private final List<WordFile.Entry> entries = new ArrayList<>();
  private final List<WordFile.Place> group = new ArrayList<>();
  private long written;

  public WordWriter(Path file) throws IOException {
    out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16);
  }

  /** The texts of a block up to the size limit, and all its links. */
  private static final class Batch {
    private final List<byte[]> texts = new ArrayList<>();
    private final LongStream.Builder links = LongStream.builder();
    private int size;
    private long bytes;

    void add(byte[] text) {
      size++;
      bytes += text.length;
      if (bytes <= Block.TEXT_MAX_BYTES) {
        texts.add(text);
      }
    }
  }

  /**
   * Adds a text without a link.
   *
   * @return the number of its block
   */
  public synchronized long add(byte[] utf8) throws IOException {
    if (batch.size == BLOCK_TEXTS) {
      endBlock();
    }
    batch.add(utf8);
    return batches;
  }

  /**
   * Adds a text with a link, a number that can be searched like words.
   *
   * @return the number of its block
   */
  public synchronized long add(byte[] utf8, long link) throws IOException {
    long number = add(utf8);
    batch.links.add(link);
    return number;
  }

  /** Ends the block; later texts belong to another one. */
  public synchronized void endBlock() throws IOException {
    if (batch.size == 0) {
      return;
    }
    if (waiting.size() == WAITING_MAX) {
      await(waiting.remove());
    }
    Batch ended = batch;
    waiting.add(
        thread.submit(
            () -> {
              write(ended);
              return null;
            }));
    batch = new Batch();
    batches++;
  }

  private static void await(Future<?> written) throws IOException {
    try {
      written.get();
    } catch (ExecutionException e) {
      throw new IOException("words can't be written: " + e.getCause(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while words were written", e);
    }
  }

  private void write(Batch ended) throws IOException {
    ended.texts.forEach(block::add);
    ended.links.build().forEach(block::link);
    if (ended.texts.size() < ended.size) {
      block.markTextsSkipped();
    }
    group.add(write(block.endBlock()));
    if (group.size() == GROUP_BLOCKS) {
      endGroup();
    }
  }

  private void endGroup() throws IOException {
    WordFile.Place place = write(block.endGroup());
    group.forEach(each -> entries.add(new WordFile.Entry(each, place)));
    group.clear();
  }

  private WordFile.Place write(long[] filter) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(filter.length * Long.BYTES);
    bytes.asLongBuffer().put(filter);
    return write(bytes.array());
  }

  private WordFile.Place write(byte[] bytes) throws IOException {
    WordFile.Place place = new WordFile.Place(written, bytes.length, WordFile.crc(bytes));
    out.write(bytes);
    written += bytes.length;
    return place;
  }

  /** Writes the remaining texts and the directory. */
  @Override
  public synchronized void close() throws IOException {
    try (out) {
      endBlock();
      while (!waiting.isEmpty()) {
        await(waiting.remove());
      }
      if (!group.isEmpty()) {
        endGroup();
      }
      ByteBuffer directory = ByteBuffer.allocate(entries.size() * WordFile.ENTRY_BYTES);
      entries.forEach(entry -> entry.write(directory));
      WordFile.Place place = write(directory.array());
      ByteBuffer end = ByteBuffer.allocate(WordFile.END_BYTES);
      end.putLong(place.offset()).putInt(entries.size()).putInt(place.crc());
      end.putInt(WordFile.VERSION).putInt(WordFile.MAGIC);
      out.write(end.array());
    } finally {
      thread.shutdownNow();
    }
  }
}
