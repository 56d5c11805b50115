package whorl.collector.receive;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import whorl.collector.http.ByteSource;
import whorl.collector.http.ProblemException;

/**
 * A chunk's body that ends where the disk's room does. What was checked when a chunk began does not
 * hold for long: chunks may be of any length, many come at once, and other programs write too.
 */
final class RoomWatch implements ByteSource {
  private static final int LOOK_EVERY_BYTES = 1 << 20;

  private final ByteSource body;
  private final Admission admission;
  private int sinceLook;
  private @Nullable ProblemException refusal;

  RoomWatch(ByteSource body, Admission admission) {
    this.body = body;
    this.admission = admission;
  }

  /** Why the body ended early; null when it did not. */
  @Nullable ProblemException refusal() {
    return refusal;
  }

  @Override
  public @Nullable ByteBuffer next() throws IOException {
    if (sinceLook >= LOOK_EVERY_BYTES) {
      sinceLook = 0;
      look();
    }
    ByteBuffer piece = body.next();
    sinceLook += piece == null ? 0 : piece.remaining();
    return piece;
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
