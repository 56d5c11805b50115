package whorl.collector.recording;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One chunk of a recording: a {@link Header}, then events one after the other. Metadata and
 * constants are events too:
 *
 * <pre>
 * event: int size; long type; long start; long duration, if its type has one; values
 * </pre>
 *
 * One pass over all events finds where they are, so a chunk of a killed writer or with a damaged
 * end is read as far as possible. If there are several metadata events, the last one counts: it
 * includes the earlier ones. For one thread.
 */
public final class Chunk {
  private static final int METADATA_MAX = 4;

  private final ByteBuffer bytes;
  private final Header header;
  private final Stacks stacks;
  private final List<String> remarks = new ArrayList<>();
  private final Deque<Event> metadataEvents = new ArrayDeque<>();
  private final Metadata metadata;
  private final Constants constants;
  private int end = Header.BYTES;
  private @Nullable String damage;

  private Chunk(ByteBuffer bytes, Stacks stacks) throws DamagedRecordingException {
    this.bytes = bytes;
    this.stacks = stacks;
    header = Header.of(bytes);
    scan();
    metadata = readMetadata();
    constants = new Constants(input(end), metadata.size());
    readConstants();
  }

  /** Stores stacks. */
  public interface Stacks {
    /**
     * @param frames in UTF-8, innermost first, one per line
     * @return the id of the stack; 0 for none
     */
    long keep(byte[] frames) throws IOException;
  }

  private record Event(int begin, int end) {}

  /**
   * Scans a chunk.
   *
   * @param bytes the whole chunk; they must not change
   * @throws DamagedRecordingException if no part of it can be read
   */
  public static Chunk of(ByteBuffer bytes, Stacks stacks) throws DamagedRecordingException {
    return new Chunk(bytes.slice().order(ByteOrder.BIG_ENDIAN), stacks);
  }

  /** Defects of the chunk that cost no events. */
  public List<String> remarks() {
    return List.copyOf(remarks);
  }

  /** Why the chunk cannot be read to its end; null if it can. */
  public @Nullable String damage() {
    return damage;
  }

  /** When the chunk begins by its header, in nanoseconds since 1970. */
  public long startNanos() {
    return header.clock().startNanos();
  }

  /** The number of types. */
  public int types() {
    return metadata.size();
  }

  /** The events, from the first to the last that can be read. */
  public Cursor events() {
    return new Cursor(input(end), metadata, constants, header.clock(), stacks);
  }

  private Input input(int limit) {
    Input input = new Input(bytes, header.compressed());
    input.limit(limit);
    return input;
  }

  private void scan() {
    Input input = input(bytes.limit());
    boolean metadataFound = !header.finished();
    boolean checkpointFound = !header.finished();
    try {
      while (end < bytes.limit()) {
        input.position(end);
        long size = input.readSize();
        long type = input.readLong();
        if (size < input.position() - end || size > bytes.limit() - end) {
          damage = "an event at byte " + end + " can't be " + size + " bytes long";
          break;
        }
        if (type == Metadata.TYPE) {
          metadataFound |= end == header.metadata();
          metadataEvents.addFirst(new Event(end, end + (int) size));
          if (metadataEvents.size() > METADATA_MAX) {
            metadataEvents.removeLast();
          }
        } else if (type == Checkpoint.TYPE) {
          checkpointFound |= end == header.checkpoint();
        }
        end += (int) size;
      }
    } catch (DamagedRecordingException cut) {
      damage = cut.getMessage();
    }
    if (!metadataFound || !checkpointFound) {
      remarks.add("its header has wrong positions of metadata or constants");
    }
  }

  private Metadata readMetadata() throws DamagedRecordingException {
    DamagedRecordingException first = null;
    for (Event event : metadataEvents) {
      try {
        Input input = input(event.end());
        input.position(event.begin());
        Metadata read = Metadata.read(input);
        if (first != null) {
          remarks.add("earlier metadata was used: " + first.getMessage());
        }
        return read;
      } catch (DamagedRecordingException damaged) {
        first = first == null ? damaged : first;
      }
    }
    if (first != null) {
      throw first;
    }
    throw new DamagedRecordingException(
        damage == null ? "it has no metadata" : "it has no metadata, and " + damage);
  }

  private void readConstants() throws DamagedRecordingException {
    Input input = input(end);
    String firstProblem = null;
    for (int at = Header.BYTES; at < end; ) {
      input.limit(end);
      input.position(at);
      int next = at + (int) input.readSize();
      if (input.readLong() == Checkpoint.TYPE) {
        input.limit(next);
        input.position(at);
        try {
          Checkpoint.read(input, metadata, constants);
        } catch (DamagedRecordingException damaged) {
          firstProblem = firstProblem == null ? damaged.getMessage() : firstProblem;
        }
      }
      at = next;
    }
    if (firstProblem != null) {
      remarks.add("some of its constants can't be read (" + firstProblem + ")");
    }
    if (constants.dropped() > 0) {
      remarks.add("it has " + constants.dropped() + " constants more than the limit");
    }
  }
}
