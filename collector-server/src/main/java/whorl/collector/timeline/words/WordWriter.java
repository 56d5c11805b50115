package whorl.collector.timeline.words;

import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes a {@link WordFile}. Texts that come one behind the other are a block. Safe for use by
 * several threads.
 */
public final class WordWriter implements Closeable {
  /** How many texts make a block. */
  public static final int BLOCK_TEXTS = 2_048;

  private static final int GROUP_BLOCKS = 4;

  private final OutputStream out;
  private final Block block = new Block();
  private final List<WordFile.Entry> entries = new ArrayList<>();
  private final List<WordFile.Place> group = new ArrayList<>();
  private long written;

  public WordWriter(Path file) throws IOException {
    out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16);
  }

  /**
   * A text without a link.
   *
   * @return the number of the block that it is in
   */
  public synchronized long add(byte[] utf8) throws IOException {
    if (block.texts() == BLOCK_TEXTS) {
      endBlock();
    }
    block.add(utf8);
    return entries.size() + group.size();
  }

  /**
   * A text that has a link beside it, a number that can be asked for as words can.
   *
   * @return the number of the block that it is in
   */
  public synchronized long add(byte[] utf8, long link) throws IOException {
    long number = add(utf8);
    block.link(link);
    return number;
  }

  /** What follows is in another block. */
  public synchronized void endBlock() throws IOException {
    if (block.texts() == 0) {
      return;
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

  private WordFile.Place write(long[] sieve) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(sieve.length * Long.BYTES);
    bytes.asLongBuffer().put(sieve);
    return write(bytes.array());
  }

  private WordFile.Place write(byte[] bytes) throws IOException {
    WordFile.Place place = new WordFile.Place(written, bytes.length, WordFile.crc(bytes));
    out.write(bytes);
    written += bytes.length;
    return place;
  }

  /** Writes what is left, and the directory. */
  @Override
  public synchronized void close() throws IOException {
    try (out) {
      endBlock();
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
    }
  }
}
