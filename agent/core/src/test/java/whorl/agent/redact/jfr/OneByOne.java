package whorl.agent.redact.jfr;

import java.io.ByteArrayInputStream;

/** Returns one byte at a time. */
final class OneByOne extends ByteArrayInputStream {
  OneByOne(byte[] bytes) {
    super(bytes);
  }

  @Override
  public synchronized int read(byte[] to, int offset, int length) {
    return super.read(to, offset, Math.min(1, length));
  }
}
