package whorl.agent.heap;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * The read end of a pipe. Reads over its channel, which reuses one native buffer, where a file
 * stream would allocate one for each read.
 */
final class PipeInput extends InputStream {
  private final FileInputStream file;
  private final FileChannel channel;

  private PipeInput(FileInputStream file) {
    this.file = file;
    this.channel = file.getChannel();
  }

  /**
   * @param path such as {@code /proc/PID/fd/N} of a process of the same user
   */
  static PipeInput open(String path) throws IOException {
    return new PipeInput(new FileInputStream(path));
  }

  @Override
  public int read() throws IOException {
    byte[] buffer = new byte[1];
    return read(buffer, 0, 1) < 0 ? -1 : buffer[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    return channel.read(ByteBuffer.wrap(bytes, offset, length));
  }

  @Override
  public int available() throws IOException {
    return file.available();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
