package whorl.agent.capture;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SequenceWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.Closeable;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import whorl.evidence.ArtifactName;
import whorl.evidence.Json;

/**
 * Writes one artifact of JSON lines, streamed and bounded. Lines beyond the bound are counted, and
 * {@code close} reports them in the acquisition log.
 */
public final class JsonLines implements Closeable {
  static final String MEDIA_TYPE = "application/x-ndjson";

  private static final ObjectWriter WRITER =
      Json.MAPPER
          .writer()
          .without(SerializationFeature.FLUSH_AFTER_WRITE_VALUE)
          .withRootValueSeparator("\n");

  /** Writes an object as one JSON object. */
  @FunctionalInterface
  public interface Form<T> {
    void write(T line, JsonGenerator json) throws IOException;
  }

  private final ArtifactName name;
  private final ArtifactOutput out;
  private final long maxBytes;
  private final Counting bytes;
  private final JsonGenerator json;
  private final SequenceWriter lines;
  private long written;
  private long leftOut;

  public JsonLines(ArtifactName name, ArtifactOutput out, long maxBytes) throws IOException {
    this.name = name;
    this.out = out;
    this.maxBytes = maxBytes;
    this.bytes = new Counting();
    this.json = out.create(name, MEDIA_TYPE, stream -> WRITER.createGenerator(bytes.into(stream)));
    this.lines = WRITER.writeValues(json);
  }

  /** Writes the record or map as one line. */
  public void write(Object line) throws IOException {
    if (hasRoom()) {
      lines.write(line);
      written++;
    }
  }

  /** Writes one line directly, without creating the objects of a record. */
  public <T> void write(T line, Form<T> form) throws IOException {
    if (hasRoom()) {
      form.write(line, json);
      written++;
    }
  }

  /** Returns the number of lines written so far. */
  public long written() {
    return written;
  }

  @Override
  public void close() throws IOException {
    if (written > 0) {
      json.writeRaw('\n');
    }
    lines.close();
    json.close();
    if (leftOut > 0) {
      out.missing(
          name.value(),
          "cut at " + maxBytes + " bytes: " + leftOut + " lines of " + (written + leftOut));
    } else {
      out.log(name + ": " + written + " lines");
    }
  }

  private boolean hasRoom() {
    boolean room = bytes.count < maxBytes;
    if (!room) {
      leftOut++;
    }
    return room;
  }

  private static final class Counting extends FilterOutputStream {
    private long count;

    Counting() {
      super(OutputStream.nullOutputStream());
    }

    Counting into(OutputStream next) {
      out = next;
      return this;
    }

    @Override
    public void write(int b) throws IOException {
      out.write(b);
      count++;
    }

    @Override
    public void write(byte[] b, int offset, int length) throws IOException {
      out.write(b, offset, length);
      count += length;
    }
  }
}
