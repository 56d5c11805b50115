package whorl.agent.encrypt;

import com.exceptionfactory.jagged.RecipientStanzaWriter;
import com.exceptionfactory.jagged.framework.stream.StandardEncryptingChannelFactory;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.security.GeneralSecurityException;
import java.util.List;

/** A stream that writes an age file. Used by one thread. */
final class AgeOutputStream extends OutputStream {
  private final OutputStream to;
  private final WritableByteChannel age;
  private boolean failed;
  private boolean closed;

  /** Writes the file's header. */
  AgeOutputStream(OutputStream to, RecipientStanzaWriter recipient)
      throws GeneralSecurityException, IOException {
    this.to = to;
    this.age =
        new StandardEncryptingChannelFactory()
            .newEncryptingChannel(new Channel(to), List.of(recipient));
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    if (failed || closed) {
      throw new IOException("the age file has " + (failed ? "failed before" : "ended"));
    }
    // Until all is written: any exception or error leaves the file in an unknown state.
    failed = true;
    ByteBuffer remaining = ByteBuffer.wrap(bytes, offset, length);
    while (remaining.hasRemaining()) {
      age.write(remaining);
    }
    failed = false;
  }

  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    try (to) {
      if (!failed) {
        age.close();
      }
    }
  }

  /**
   * Unlike the channels of {@link java.nio.channels.Channels}, it is not closed by an interrupt.
   */
  private static final class Channel implements WritableByteChannel {
    private final OutputStream to;
    private boolean open = true;

    Channel(OutputStream to) {
      this.to = to;
    }

    @Override
    public int write(ByteBuffer encrypted) throws IOException {
      int length = encrypted.remaining();
      to.write(encrypted.array(), encrypted.arrayOffset() + encrypted.position(), length);
      encrypted.position(encrypted.limit());
      return length;
    }

    @Override
    public boolean isOpen() {
      return open;
    }

    @Override
    public void close() {
      open = false;
    }
  }
}
