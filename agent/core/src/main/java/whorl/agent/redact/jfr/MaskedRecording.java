package whorl.agent.redact.jfr;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;
import whorl.agent.redact.Redactor;

/**
 * Copies a recording and masks its strings: those of all events, including the JDK's, of thread
 * names and of other constants. What is a string, only the chunk's own metadata says, which comes
 * at its end; so the recording is read twice at once, and one reader is a chunk ahead. A chunk's
 * metadata itself is unchanged: it has the names of types and fields.
 */
public final class MaskedRecording {
  private static final int AHEAD_BYTES = 16 << 10;
  private static final int BUFFER_BYTES = MaskedStrings.HELD_BYTES + (64 << 10);

  private final Redactor redactor;

  public MaskedRecording(Redactor redactor) {
    this.redactor = redactor;
  }

  /** Opens a recording, each time with the same contents. */
  @FunctionalInterface
  public interface Source {
    /** Returns the recording from its beginning; the caller closes it. */
    InputStream open() throws IOException;
  }

  /**
   * What was copied.
   *
   * @param bytes the number of bytes that were written
   * @param bytesLeftOut the number of bytes that were not, because they are of no whole chunk, or
   *     of one whose metadata cannot be read
   * @param eventsBlanked the number of events that are not as their chunk's metadata describes
   *     them; zeros were written in their place
   */
  public record Copied(long bytes, long bytesLeftOut, long eventsBlanked) {
    public static final Copied NOTHING = new Copied(0, 0, 0);

    /** Returns the sum. */
    public Copied plus(Copied other) {
      return new Copied(
          bytes + other.bytes,
          bytesLeftOut + other.bytesLeftOut,
          eventsBlanked + other.eventsBlanked);
    }

    /** Returns a few words for a log. */
    public String describe() {
      return bytes
          + " bytes"
          + (bytesLeftOut > 0 ? ", and " + bytesLeftOut + " left out that cannot be read" : "")
          + (eventsBlanked > 0 ? ", and " + eventsBlanked + " events blanked" : "");
    }
  }

  /**
   * Writes the masked recording. Chunks that no reader could read are left out.
   *
   * @throws IOException if reading or writing fails
   */
  public Copied copy(Source source, OutputStream out) throws IOException {
    try (InputStream first = source.open();
        InputStream second = source.open()) {
      RecordingBytes ahead =
          new RecordingBytes(first, OutputStream.nullOutputStream(), AHEAD_BYTES);
      RecordingBytes bytes = new RecordingBytes(second, out, BUFFER_BYTES);
      long blanked = 0;
      while (!ahead.isAtEnd()) {
        Chunk chunk = next(ahead);
        if (chunk.types() == null) {
          bytes.leaveOut(chunk.end());
        } else {
          blanked += mask(bytes, chunk.end(), chunk.types());
        }
      }
      bytes.flush();
      return new Copied(bytes.written(), bytes.position() - bytes.written(), blanked);
    }
  }

  /**
   * A chunk of the recording.
   *
   * @param types null if they cannot be read
   */
  private record Chunk(long end, @Nullable ChunkTypes types) {}

  /** Reads ahead to the end of the chunk that begins here. */
  private static Chunk next(RecordingBytes ahead) throws IOException {
    long end = Long.MAX_VALUE;
    try {
      ChunkHeader header = ChunkHeader.read(ahead);
      end = header.end();
      ChunkTypes types = null;
      ahead.limit(end);
      while (ahead.position() < end) {
        if (ahead.position() == header.metadata()) {
          types = ChunkTypes.read(ahead);
          ahead.skip(ahead.left());
          ahead.limit(end);
        } else {
          ahead.skip(ahead.eventEnd() - ahead.position());
        }
      }
      ahead.limit(Long.MAX_VALUE);
      return new Chunk(end, types);
    } catch (MalformedRecordingException | EOFException unreadable) {
      ahead.leaveOut(end);
      ahead.limit(Long.MAX_VALUE);
      return new Chunk(end, null);
    }
  }

  private long mask(RecordingBytes bytes, long end, ChunkTypes types) throws IOException {
    try {
      ChunkHeader.read(bytes);
      return new MaskedEvents(bytes, new MaskedStrings(redactor, bytes), types).mask(end);
    } catch (MalformedRecordingException changed) {
      throw new IOException("the recording changed while it was read", changed);
    }
  }
}
