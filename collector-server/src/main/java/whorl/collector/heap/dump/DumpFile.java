package whorl.collector.heap.dump;

import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.function.DoubleConsumer;
import java.util.zip.GZIPInputStream;
import okio.BufferedSource;
import okio.Okio;
import org.jspecify.annotations.Nullable;
import shark.HprofHeader;
import shark.HprofRecordReader;
import shark.HprofRecordTag;
import shark.StreamingHprofReader;

/**
 * A heap dump, compressed with gzip or not, that is read from its beginning as often as needed. So
 * it needs no disk, and no memory for its bytes. A dump that breaks off, or becomes unreadable, is
 * read up to there, each time alike. For one thread.
 */
final class DumpFile {
  private static final int BUFFER_BYTES = 1 << 16;
  private static final int GZIP_FIRST = 0x1f;
  private static final int GZIP_SECOND = 0x8b;

  private final Path file;
  private final long fileBytes;
  private final HprofHeader header;
  private @Nullable String problem;
  private long recordBytes;

  /** Receives one record, and reads its bytes, neither more nor fewer. */
  @FunctionalInterface
  interface Records {
    /**
     * @param length of the record; negative where only its content says it
     * @throws DamagedDumpException if it cannot be read
     */
    void record(HprofRecordTag tag, long length, HprofRecordReader reader);
  }

  /**
   * @throws DamagedDumpException if it does not begin like a heap dump
   */
  DumpFile(Path file) throws IOException {
    this.file = file;
    this.fileBytes = Files.size(file);
    try (BufferedSource source = open(done -> {})) {
      header = HprofHeader.Companion.parseHeaderOf(source);
    } catch (IOException | RuntimeException unreadable) {
      throw new DamagedDumpException("it is not a heap dump: " + reason(unreadable));
    }
    int bytes = header.getIdentifierByteSize();
    if (bytes != 4 && bytes != 8) {
      throw new DamagedDumpException("it has identifiers of " + bytes + " bytes, not 4 or 8");
    }
  }

  int identifierBytes() {
    return header.getIdentifierByteSize();
  }

  /** When it was written, in milliseconds since 1970, by the clock of the JVM. */
  long dumpedAtMillis() {
    return header.getHeapDumpTimestamp();
  }

  /** The size without compression, as far as it was read last. */
  long recordBytes() {
    return recordBytes;
  }

  /** Why it was not read to its end; null if it was. */
  @Nullable String problem() {
    return problem;
  }

  /**
   * Reads the records with these tags.
   *
   * @param progress receives the part that is read, from 0 to 1
   */
  void read(Set<HprofRecordTag> tags, Records records, DoubleConsumer progress) {
    long[] read = {0};
    try {
      recordBytes =
          StreamingHprofReader.Companion.readerFor(() -> open(progress), header)
              .readRecords(
                  tags,
                  (tag, length, reader) -> {
                    read[0] = reader.getBytesRead();
                    records.record(tag, length, reader);
                  });
    } catch (RuntimeException damaged) {
      broken(read[0], damaged);
    } catch (Exception damaged) { // Kotlin does not declare what it throws
      broken(read[0], damaged);
    }
  }

  private void broken(long bytesRead, Exception damaged) {
    recordBytes = bytesRead;
    problem =
        "the dump breaks off or is damaged after "
            + bytesRead
            + " bytes; only what comes before was read: "
            + reason(damaged);
  }

  private BufferedSource open(DoubleConsumer progress) {
    try {
      InputStream in = new Counted(Files.newInputStream(file), fileBytes, progress);
      PushbackInputStream start =
          new PushbackInputStream(new BufferedInputStream(in, BUFFER_BYTES), 2);
      byte[] magic = start.readNBytes(2);
      start.unread(magic);
      boolean gzip =
          magic.length == 2 && (magic[0] & 0xff) == GZIP_FIRST && (magic[1] & 0xff) == GZIP_SECOND;
      return Okio.buffer(Okio.source(gzip ? new GZIPInputStream(start, BUFFER_BYTES) : start));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String reason(Exception failure) {
    String message = failure.getMessage();
    return message == null ? failure.getClass().getSimpleName() : message;
  }

  /** Says how far the file is read. */
  private static final class Counted extends FilterInputStream {
    private final long all;
    private final DoubleConsumer progress;
    private long done;

    Counted(InputStream in, long all, DoubleConsumer progress) {
      super(in);
      this.all = Math.max(1, all);
      this.progress = progress;
    }

    @Override
    public int read() throws IOException {
      int read = super.read();
      done += read < 0 ? 0 : 1;
      return read;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int read = super.read(buffer, offset, length);
      done += Math.max(0, read);
      progress.accept(Math.min(1, (double) done / all));
      return read;
    }
  }
}
