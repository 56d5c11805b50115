package whorl.collector.receive.shared;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.objects.ObjectStore;
import whorl.evidence.Digest;

/**
 * The bytes of one part while they arrive: in memory up to 256 KiB, in a temporary file beyond.
 * Once they were put, nothing can be appended: an object store that is a folder may have linked the
 * file, and an object never changes. For one thread at a time.
 */
final class Spill implements AutoCloseable {
  private static final int MEMORY_MAX_BYTES = 256 << 10;
  private static final int BUFFER_BYTES = 64 << 10;

  private final Path folder;
  private ByteArrayOutputStream memory = new ByteArrayOutputStream(0);
  private @Nullable Path file;
  private @Nullable FileChannel channel;
  private long size;
  private boolean isPut;

  /**
   * @param folder for the temporary file
   */
  Spill(Path folder) {
    this.folder = folder;
  }

  long size() {
    return size;
  }

  /** Appends the remaining bytes. */
  void write(ByteBuffer bytes) throws IOException {
    if (isPut) {
      throw new IllegalStateException("these bytes are an object, which must not change");
    }
    int length = bytes.remaining();
    if (channel == null && size + length > MEMORY_MAX_BYTES) {
      Path created = Files.createTempFile(folder, "part-", ".tmp");
      file = created;
      channel = FileChannel.open(created, StandardOpenOption.READ, StandardOpenOption.WRITE);
      writeFully(ByteBuffer.wrap(memory.toByteArray()));
      memory = new ByteArrayOutputStream(0);
    }
    if (channel != null) {
      writeFully(bytes);
    } else {
      byte[] copy = new byte[length];
      bytes.get(copy);
      memory.write(copy, 0, length);
    }
    size += length;
  }

  private void writeFully(ByteBuffer bytes) throws IOException {
    FileChannel to = channel;
    while (to != null && bytes.hasRemaining()) {
      to.write(bytes);
    }
  }

  /** Appends {@code bytes} bytes of a stream. */
  void write(InputStream from, long bytes) throws IOException {
    byte[] buffer = new byte[(int) Math.min(BUFFER_BYTES, Math.max(1, bytes))];
    long left = bytes;
    while (left > 0) {
      int read = from.read(buffer, 0, (int) Math.min(buffer.length, left));
      if (read < 0) {
        throw new IOException("an object of an upload is " + left + " bytes shorter than it was");
      }
      write(ByteBuffer.wrap(buffer, 0, read));
      left -= read;
    }
  }

  /** The bytes from the beginning. */
  InputStream read() throws IOException {
    Path from = file;
    return from == null
        ? new ByteArrayInputStream(memory.toByteArray())
        : Files.newInputStream(from);
  }

  void putTo(ObjectStore objects, String key) throws IOException {
    isPut = true;
    Path from = file;
    if (from == null) {
      objects.put(key, memory.toByteArray());
    } else {
      objects.put(key, from);
    }
  }

  /** Puts the bytes as a part, which takes a file. */
  String putPart(ObjectStore objects, String key, String upload, int number) throws IOException {
    isPut = true;
    Path from = file;
    if (from != null) {
      return objects.putPart(key, upload, number, from);
    }
    Path small = Files.createTempFile(folder, "part-", ".tmp");
    try {
      Files.write(small, memory.toByteArray());
      return objects.putPart(key, upload, number, small);
    } finally {
      Files.delete(small);
    }
  }

  /** The SHA-256 of these bytes. */
  Digest digest() throws IOException {
    try (InputStream in = read()) {
      return UploadObjects.digest(in, size);
    }
  }

  @Override
  public void close() throws IOException {
    if (channel != null) {
      channel.close();
      channel = null;
    }
    if (file != null) {
      Files.deleteIfExists(file);
      file = null;
    }
  }
}
