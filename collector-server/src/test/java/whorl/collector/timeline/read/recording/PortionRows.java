package whorl.collector.timeline.read.recording;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.read.rows.ArtifactOutcome;
import whorl.collector.timeline.read.rows.ArtifactReader;
import whorl.collector.timeline.read.rows.Duplicates;
import whorl.collector.timeline.read.rows.ReadContext;
import whorl.collector.timeline.read.rows.Requests;
import whorl.collector.timeline.read.rows.RowBlock;
import whorl.collector.timeline.read.rows.StackFile;

/** All rows and problems of a recording, read chunk by chunk by one of two readers. */
final class PortionRows {
  final List<String> rows = new ArrayList<>();
  final Map<Long, String> stacks = new HashMap<>();
  final List<Requests.Request> requests = new ArrayList<>();
  final @Nullable String problem;
  long count;

  /** Makes a reader of a chunk. */
  interface ReaderFactory {
    ArtifactReader of(
        RecordingChunk chunk,
        ReadContext readContext,
        ArtifactOutcome artifactOutcome,
        long firstOrdinal);
  }

  /**
   * @param kept true if rows are kept, false if they are only counted
   */
  PortionRows(
      Path recording, Path folder, ReaderFactory readerFactory, boolean compared, boolean kept)
      throws IOException {
    Path shelf = Files.createTempFile(folder, "stacks", ".bin");
    ArtifactOutcome artifactOutcome = new ArtifactOutcome("recording.jfr");
    Requests known = new Requests();
    try (StackFile stacks = new StackFile(shelf, Long.MAX_VALUE)) {
      Duplicates ring = new Duplicates();
      if (compared) {
        ring.announce(1, 1);
      }
      ReadContext readContext =
          new ReadContext(folder, stacks, known, ring, new Duplicates(), Map.of());
      RowBlock block = new RowBlock();
      for (RecordingChunk chunk : RecordingChunk.of(recording, artifactOutcome)) {
        try (ArtifactReader artifactReader =
            readerFactory.of(chunk, readContext, artifactOutcome, (long) chunk.number() << 32)) {
          boolean more = true;
          while (more) {
            block.clear();
            more = artifactReader.fill(block);
            count += block.size();
            if (kept) {
              keep(block);
            }
          }
        }
      }
    }
    known.all().forEach(request -> requests.add(written(request)));
    if (kept) {
      stacks(shelf);
    }
    Files.delete(shelf);
    problem = artifactOutcome.outcome().problem();
  }

  /** Lone surrogates cannot be encoded. */
  private static Requests.Request written(Requests.Request request) {
    return new Requests.Request(
        request.id(), written(request.method()), written(request.path()), request.address());
  }

  private static @Nullable String written(@Nullable String text) {
    return text == null
        ? null
        : new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
  }

  private void keep(RowBlock block) {
    for (int row = 0; row < block.size(); row++) {
      StringBuilder text = new StringBuilder();
      text.append(block.ordinal(row)).append(' ').append(block.bytes(row));
      text.append(" stack ").append(block.stack(row));
      for (Column column : Column.values()) {
        if (column.kind() != Column.Kind.TEXT) {
          if (block.present(column, row)) {
            text.append('\n').append(column).append(' ').append(block.number(column, row));
          }
        } else if (block.texts(column)[row] != null) {
          text.append('\n').append(column).append(' ');
          text.append(new String(block.texts(column)[row], StandardCharsets.ISO_8859_1));
        }
      }
      rows.add(text.toString());
    }
  }

  private void stacks(Path shelf) throws IOException {
    try (DataInputStream in = new DataInputStream(Files.newInputStream(shelf))) {
      for (long left = Files.size(shelf); left > 0; ) {
        long id = in.readLong();
        byte[] frames = new byte[in.readInt()];
        in.readFully(frames);
        stacks.put(id, new String(frames, StandardCharsets.UTF_8));
        left -= Long.BYTES + Integer.BYTES + frames.length;
      }
    }
  }
}
