package whorl.agent.capture.files;

import java.io.BufferedWriter;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import whorl.evidence.BodyfileName;

/**
 * A bodyfile, version 3 of The Sleuth Kit's, which {@code mactime} makes a timeline of:
 *
 * <pre>
 *   MD5|name|inode|mode_as_string|UID|GID|size|atime|mtime|ctime|crtime
 * </pre>
 *
 * The MD5 is 0, not computed. Times are seconds since 1970 with nine decimals, of which mactime
 * reads the seconds; 0 is unknown. Names are written as {@link BodyfileName} does; a link's name
 * ends in {@code -> target}.
 */
final class BodyFile implements Closeable {
  private final Writer writer;

  BodyFile(OutputStream out) {
    writer = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8), 64 << 10);
  }

  void write(String name, FileState state) throws IOException {
    writer.append("0|");
    writer
        .append(BodyfileName.written(name))
        .append('|')
        .append(Long.toString(state.inode()))
        .append('|')
        .append(state.modeText())
        .append('|')
        .append(Long.toString(state.uid()))
        .append('|')
        .append(Long.toString(state.gid()))
        .append('|')
        .append(Long.toString(state.size()));
    time(state.accessed());
    time(state.modified());
    time(state.changed());
    time(state.born());
    writer.append('\n');
  }

  @Override
  public void close() throws IOException {
    writer.close();
  }

  private void time(@Nullable Instant time) throws IOException {
    writer.append('|');
    if (time == null) {
      writer.append('0');
      return;
    }
    String nanos = Integer.toString(time.getNano());
    writer.append(Long.toString(time.getEpochSecond())).append('.');
    for (int i = nanos.length(); i < 9; i++) {
      writer.append('0');
    }
    writer.append(nanos);
  }
}
