package whorl.collector.timeline.read.recording;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import whorl.collector.timeline.read.rows.ArtifactOutcome;

/**
 * The position of one chunk in a recording. A chunk is complete in itself (JDK-8199712, {@code
 * jfrChunkWriter.cpp}). Each is read separately, so a damaged one does not affect the others.
 *
 * <pre>
 *  0  "FLR\0"            4  int16 major, int16 minor
 *  8  int64 size of the chunk; 0 if its writer was killed
 * 64  int8  not 0 while it is being written
 * </pre>
 *
 * @param number from 1
 */
public record RecordingChunk(Path recording, int number, long offset, long size) {
  private static final int MAGIC = 0x464C5200;
  private static final int HEADER_BYTES = 68;
  private static final int STATE_OFFSET = 64;
  private static final int CHUNKS_MAX = 100_000;

  /** All chunks as far as the headers are intact; otherwise a problem is recorded. */
  public static List<RecordingChunk> of(Path recording, ArtifactOutcome artifactOutcome)
      throws IOException {
    List<RecordingChunk> chunks = new ArrayList<>();
    try (FileChannel file = FileChannel.open(recording)) {
      long length = file.size();
      long offset = 0;
      ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
      while (offset < length && chunks.size() < CHUNKS_MAX) {
        header.clear();
        while (header.hasRemaining() && file.read(header, offset + header.position()) >= 0) {}
        if (header.hasRemaining() || header.getInt(0) != MAGIC) {
          artifactOutcome.problem(
              "from byte "
                  + offset
                  + " of "
                  + length
                  + " on it is not a recording; the rest was not read");
          break;
        }
        long size = header.getLong(8);
        if (header.get(STATE_OFFSET) != 0 && !begins(file, offset + size)) {
          size = 0; // its writer was killed: the chunk is longer than its header says
        }
        if (size == 0 || size > length - offset) {
          if (size != 0) {
            artifactOutcome.problem(
                "it ends "
                    + (size - (length - offset))
                    + " bytes before the end of its last chunk");
          }
          size = length - offset;
        }
        if (size < HEADER_BYTES) {
          artifactOutcome.problem(
              "the chunk at byte " + offset + " can't be " + size + " bytes long");
          break;
        }
        chunks.add(new RecordingChunk(recording, chunks.size() + 1, offset, size));
        offset += size;
      }
    }
    if (chunks.isEmpty()) {
      artifactOutcome.problem("it holds no chunk of a recording");
    }
    return chunks;
  }

  /** True if a chunk begins at this offset. */
  private static boolean begins(FileChannel file, long offset) throws IOException {
    ByteBuffer magic = ByteBuffer.allocate(Integer.BYTES);
    while (offset > 0
        && magic.hasRemaining()
        && file.read(magic, offset + magic.position()) >= 0) {}
    return !magic.hasRemaining() && magic.getInt(0) == MAGIC;
  }

  /** Maps all bytes of the chunk. At most 2 GiB - 1 can be mapped. */
  public ByteBuffer map() throws IOException {
    try (FileChannel file = FileChannel.open(recording)) {
      if (file.size() < offset + size) {
        throw new IOException(recording + " became shorter while it was read");
      }
      return file.map(FileChannel.MapMode.READ_ONLY, offset, size);
    }
  }
}
