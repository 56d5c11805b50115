package whorl.agent.ship.spool;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import whorl.evidence.Id;
import whorl.evidence.Json;

/**
 * Appends to a {@link SpoolIndex}. A full disk may take a part of a line; the next line then begins
 * on a line of its own, so that it can be read. Used by the capture's thread.
 */
final class SpoolIndexWriter implements Closeable {
  private final OutputStream out;
  private boolean torn;

  SpoolIndexWriter(OutputStream out) {
    this.out = out;
  }

  void begin(Id evidence, Id capture, Id agent) throws IOException {
    write(
        new SpoolIndex.Line(SpoolIndex.VERSION, evidence, capture, agent, null, null, null, null));
  }

  void artifact(StoredEvidence.Entry entry) throws IOException {
    Boolean arrived = entry.arrived() ? true : null;
    write(
        new SpoolIndex.Line(
            null, null, null, null, entry.number(), entry.artifact(), arrived, null));
  }

  void sealed() throws IOException {
    write(new SpoolIndex.Line(null, null, null, null, null, null, null, true));
  }

  private void write(SpoolIndex.Line line) throws IOException {
    String before = torn ? "\n" : "";
    torn = true;
    out.write((before + Json.text(line) + "\n").getBytes(StandardCharsets.UTF_8));
    torn = false;
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
