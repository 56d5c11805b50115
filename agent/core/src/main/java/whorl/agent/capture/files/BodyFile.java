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

/**
 * A bodyfile, version 3 of The Sleuth Kit's, which {@code mactime} makes a timeline of:
 *
 * <pre>
 *   MD5|name|inode|mode_as_string|UID|GID|size|atime|mtime|ctime|crtime
 * </pre>
 *
 * The MD5 is 0, not computed. Times are seconds since 1970 with nine decimals, of which mactime
 * reads the seconds; 0 is unknown. In names, {@code |} and control characters are written as {@code
 * %XX}, and {@code %} as {@code %25}; a link's name ends in {@code -> target}.
 */
final class BodyFile implements Closeable {
  private final Writer writer;

  BodyFile(OutputStream out) {
    writer = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8), 64 << 10);
  }

  void write(String name, FileState state) throws IOException {
    writer.append("0|");
    name(name);
    writer
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

  private void name(String name) throws IOException {
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c == '|' || c == '%' || Character.isISOControl(c)) {
        writer.append(String.format("%%%02X", (int) c));
      } else {
        writer.append(c);
      }
    }
  }
}
