package whorl.collector.custody.log;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import whorl.collector.store.disk.Modes;

/** Appends to a file; the written bytes are on the medium when it is closed. */
final class Appending extends BufferedOutputStream {
  private final FileChannel file;

  private Appending(FileChannel file, OutputStream out) {
    super(out, 1 << 16);
    this.file = file;
  }

  /**
   * @param length the number of bytes that the file keeps; the rest is truncated
   */
  static Appending to(Path path, long length) throws IOException {
    FileChannel file =
        FileChannel.open(
            path, Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE), Modes.file());
    file.truncate(length);
    file.position(length);
    return new Appending(file, Channels.newOutputStream(file));
  }

  @Override
  public void close() throws IOException {
    try (file) {
      flush();
      file.force(true);
    }
  }
}
