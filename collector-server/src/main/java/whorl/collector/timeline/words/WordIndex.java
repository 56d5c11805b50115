package whorl.collector.timeline.words;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Queries a {@link WordFile}. The file was written by a JVM that reads hostile input: if part of it
 * is damaged, the texts of that part are searched in full. For one thread.
 */
public final class WordIndex implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(WordIndex.class);
  private static final int ENTRIES_MAX = 4 << 20;

  private final Path path;
  private final FileChannel file;
  private final List<WordFile.Entry> entries;
  private WordFile.@Nullable Place groupPlace;
  private @Nullable BloomFilter group;
  private @Nullable BloomFilter block;
  private int blockNumber = -1;

  private WordIndex(Path path, FileChannel file, List<WordFile.Entry> entries) {
    this.path = path;
    this.file = file;
    this.entries = entries;
  }

  /** Opens the index in this file; null if the file is missing or unusable. */
  @SuppressWarnings("MustBeClosed") // the index closes it
  public static @Nullable WordIndex open(Path path) throws IOException {
    if (!Files.isRegularFile(path)) {
      return null;
    }
    FileChannel file = FileChannel.open(path);
    List<WordFile.Entry> entries = null;
    try {
      entries = directory(file);
    } finally {
      if (entries == null) {
        file.close();
      }
    }
    if (entries == null) {
      LOG.warn("{} is damaged or of another version: searches are slower without it", path);
      return null;
    }
    return new WordIndex(path, file, entries);
  }

  private static @Nullable List<WordFile.Entry> directory(FileChannel file) throws IOException {
    long size = file.size();
    if (size < WordFile.END_BYTES) {
      return null;
    }
    long end = size - WordFile.END_BYTES;
    ByteBuffer trailer = ByteBuffer.wrap(read(file, end, WordFile.END_BYTES));
    long begin = trailer.getLong();
    int count = trailer.getInt();
    int crc = trailer.getInt();
    boolean valid =
        trailer.getInt() == WordFile.VERSION
            && trailer.getInt() == WordFile.MAGIC
            && count >= 0
            && count <= ENTRIES_MAX
            && begin == end - (long) count * WordFile.ENTRY_BYTES
            && begin >= 0;
    if (!valid) {
      return null;
    }
    byte[] directory = read(file, begin, count * WordFile.ENTRY_BYTES);
    if (WordFile.crc(directory) != crc) {
      return null;
    }
    ByteBuffer from = ByteBuffer.wrap(directory);
    List<WordFile.Entry> entries = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      WordFile.Entry entry = WordFile.Entry.read(from);
      if (!entry.block().isWithin(begin) || !entry.group().isWithin(begin)) {
        return null;
      }
      entries.add(entry);
    }
    return entries;
  }

  public int blocks() {
    return entries.size();
  }

  /** True if a word may occur in one of a block's texts; false only if it does not. */
  public boolean mayHold(int number, Word word) throws IOException {
    return word.isAnything() || word.inGroup(group(number)) && word.inBlock(block(number));
  }

  /** True if one of a block's texts may have this link; false only if none has it. */
  public boolean mayLink(int number, long link) throws IOException {
    BloomFilter filter = block(number);
    for (int i = 0; i < Grams.LINK_HASHES; i++) {
      if (!filter.has(Grams.link(link, i))) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  private BloomFilter group(int number) throws IOException {
    WordFile.Place place = entries.get(number).group();
    BloomFilter known = group;
    if (known == null || !place.equals(groupPlace)) {
      known = filter(place);
      group = known;
      groupPlace = place;
    }
    return known;
  }

  private BloomFilter block(int number) throws IOException {
    BloomFilter known = block;
    if (known == null || blockNumber != number) {
      known = filter(entries.get(number).block());
      block = known;
      blockNumber = number;
    }
    return known;
  }

  private BloomFilter filter(WordFile.Place place) throws IOException {
    byte[] bytes = read(file, place.offset(), place.length());
    if (WordFile.crc(bytes) != place.crc()) {
      LOG.warn("{} is damaged at {}: searches are slower", path, place.offset());
      return new BloomFilter(new long[] {-1L});
    }
    long[] words = new long[bytes.length / Long.BYTES];
    ByteBuffer.wrap(bytes).asLongBuffer().get(words);
    return new BloomFilter(words);
  }

  private static byte[] read(FileChannel file, long from, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    while (bytes.hasRemaining()) {
      if (file.read(bytes, from + bytes.position()) < 0) {
        throw new IOException("it ends before " + (from + length));
      }
    }
    return bytes.array();
  }
}
