package whorl.agent.redact.stream;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.async.ByteArrayFeeder;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.MinimalPrettyPrinter;
import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;
import whorl.agent.redact.Redactor;
import whorl.evidence.Json;

/**
 * Masks the strings and names of JSON, one value or one a line, and buffers no more than one
 * string. Invalid JSON is refused and not passed on.
 */
final class JsonFilter extends OutputStream {
  private final OutputStream out;
  private final boolean lines;
  private boolean indented;
  private boolean refused;
  private final JsonParser parser;
  private final ByteArrayFeeder feeder;
  private final MaskedJson masked;
  private @Nullable JsonGenerator json;
  private int depth;
  private long values;

  /**
   * @param lines true if each value is a line; otherwise the single value keeps its indentation
   */
  JsonFilter(Redactor redactor, OutputStream out, boolean lines) throws IOException {
    this.out = out;
    this.lines = lines;
    this.masked = new MaskedJson(redactor);
    this.parser = Json.MAPPER.getFactory().createNonBlockingByteArrayParser();
    this.feeder = (ByteArrayFeeder) parser.getNonBlockingInputFeeder();
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    if (json == null && !lines && length > 1) {
      indented = bytes[offset + 1] == '\n' || bytes[offset + 1] == '\r';
    }
    if (length > 0) {
      feeder.feedInput(bytes, offset, offset + length);
      copy();
    }
  }

  @Override
  public void flush() throws IOException {
    if (json != null) {
      json.flush();
    }
  }

  @Override
  public void close() throws IOException {
    try (OutputStream closed = out) {
      if (!refused) {
        finish();
      }
      if (json != null) {
        json.flush();
        json = null;
        closed.write('\n');
      }
      parser.close();
    }
  }

  /** A value that was cut off stays cut off. */
  private void finish() throws IOException {
    feeder.endOfInput();
    try {
      copy();
    } catch (JsonProcessingException cutOff) {
      refused = true;
    }
  }

  private void copy() throws IOException {
    try {
      copyAll();
    } catch (IOException | RuntimeException e) {
      refused = true;
      throw e;
    }
  }

  private void copyAll() throws IOException {
    JsonToken token = parser.nextToken();
    while (token != null && token != JsonToken.NOT_AVAILABLE) {
      if (depth == 0 && values > 0) {
        // A generator that separates the values would have to be made for each line.
        generator().writeRaw('\n');
      }
      generator().copyCurrentEvent(parser);
      depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
      if (depth == 0) {
        values++;
      }
      token = parser.nextToken();
    }
  }

  private JsonGenerator generator() throws IOException {
    JsonGenerator made = json;
    if (made == null) {
      JsonGenerator plain = Json.MAPPER.getFactory().createGenerator(out);
      plain.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
      plain.setPrettyPrinter(indented ? new DefaultPrettyPrinter() : new MinimalPrettyPrinter(""));
      made = masked.generator(plain);
      json = made;
    }
    return made;
  }
}
