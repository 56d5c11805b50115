package whorl.collector.receive.tus;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import whorl.collector.http.request.ByteSource;
import whorl.collector.http.request.ProblemException;

/**
 * A chunk's body that ends when the disk runs out of room. The check at the start of a chunk is not
 * enough: a chunk may have any length, many arrive at once, and other programs write to the disk
 * too.
 */
final class RoomWatch implements ByteSource {
  private static final int CHECK_EVERY_BYTES = 1 << 20;

  private final ByteSource body;
  private final Admission admission;
  private int bytesSinceCheck;
  private @Nullable ProblemException refusal;

  RoomWatch(ByteSource body, Admission admission) {
    this.body = body;
    this.admission = admission;
  }

  /** The reason why the body ended early; null if it did not. */
  @Nullable ProblemException refusal() {
    return refusal;
  }

  @Override
  public @Nullable ByteBuffer next() throws IOException {
    if (bytesSinceCheck >= CHECK_EVERY_BYTES) {
      bytesSinceCheck = 0;
      checkRoom();
    }
    ByteBuffer piece = body.next();
    bytesSinceCheck += piece == null ? 0 : piece.remaining();
    return piece;
  }

  private void checkRoom() throws IOException {
    try {
      admission.requireRoom(0);
    } catch (ProblemException noRoom) {
      refusal = noRoom;
      throw new IOException("the disk has no room for more of the upload", noRoom);
    }
  }
}
