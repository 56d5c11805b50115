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
 * Writes a bodyfile, version 3 of The Sleuth Kit, from which {@code mactime} makes a timeline:
 *
 * <pre>
 *   MD5|name|inode|mode_as_string|UID|GID|size|atime|mtime|ctime|crtime
 * </pre>
 *
 * <p>The MD5 is 0, not computed. Times are seconds since 1970 with nine decimals; mactime reads
 * only the seconds. 0 means unknown. Names are written as by {@link BodyfileName}; a link's name
 * ends in {@code -> target}.
 */
final class BodyFile implements Closeable {
  private final Writer writer;
  private final StringBuilder line = new StringBuilder();
  private char[] chars = {};

  BodyFile(OutputStream out) {
    writer = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8), 64 << 10);
  }

  void write(String name, FileState state) throws IOException {
    line.setLength(0);
    line.append("0|").append(BodyfileName.written(name));
    line.append('|').append(state.inode()).append('|');
    state.appendMode(line);
    line.append('|').append(state.uid());
    line.append('|').append(state.gid());
    line.append('|').append(state.size());
    time(state.accessed());
    time(state.modified());
    time(state.changed());
    time(state.born());
    line.append('\n');
    writeLine();
  }

  @Override
  public void close() throws IOException {
    writer.close();
  }

  private void time(@Nullable Instant time) {
    line.append('|');
    if (time == null) {
      line.append('0');
      return;
    }
    line.append(time.getEpochSecond()).append('.');
    int nanos = time.getNano();
    for (int unit = 100_000_000; unit > Math.max(1, nanos); unit /= 10) {
      line.append('0');
    }
    line.append(nanos);
  }

  /** Avoids the string that a writer would create from each of tens of thousands of builders. */
  private void writeLine() throws IOException {
    int length = line.length();
    if (chars.length < length) {
      chars = new char[2 * length];
    }
    line.getChars(0, length, chars, 0);
    writer.write(chars, 0, length);
  }
}
