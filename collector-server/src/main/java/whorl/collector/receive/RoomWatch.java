package whorl.collector.receive;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;
import whorl.collector.http.ProblemException;

/**
 * A chunk's body that ends where the disk's room does. What was checked when a chunk began does not
 * hold for long: chunks may be of any length, many come at once, and other programs write too.
 */
final class RoomWatch extends FilterInputStream {
  private static final int LOOK_EVERY_BYTES = 1 << 20;

  private final Admission admission;
  private int sinceLook;
  private @Nullable ProblemException refusal;

  RoomWatch(InputStream body, Admission admission) {
    super(body);
    this.admission = admission;
  }

  /** Why the body ended early; null when it did not. */
  @Nullable ProblemException refusal() {
    return refusal;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    if (sinceLook >= LOOK_EVERY_BYTES) {
      sinceLook = 0;
      look();
    }
    int read = super.read(into, offset, length);
    sinceLook += Math.max(0, read);
    return read;
  }

  private void look() throws IOException {
    try {
      admission.needRoom(0);
    } catch (ProblemException none) {
      refusal = none;
      throw new IOException("no room for more", none);
    }
  }
}
