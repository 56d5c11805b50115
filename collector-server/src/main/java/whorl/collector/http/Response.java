package whorl.collector.http;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import whorl.evidence.Json;

/** An answer: status, headers, body. */
public record Response(int status, Map<String, String> headers, Body body) {
  public Response {
    headers = Map.copyOf(headers);
  }

  /** What follows the headers. */
  public sealed interface Body {
    /** All of it in memory; small. */
    @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
    record Bytes(byte[] content) implements Body {}

    /** A part of a file, sent without a copy. */
    record FileSlice(Path file, long offset, long length) implements Body {}

    /** Written as it is made, chunked. */
    record Streamed(Writer writer) implements Body {}

    /** Writes a body; an exception after the first byte aborts the connection. */
    interface Writer {
      void writeTo(OutputStream out) throws IOException;
    }
  }

  /** A JSON body of one of our records. */
  public static Response json(int status, Object value) {
    return new Response(
        status, Map.of("Content-Type", "application/json"), new Body.Bytes(Json.bytes(value)));
  }

  /** No body. */
  public static Response empty(int status) {
    return new Response(status, Map.of(), new Body.Bytes(new byte[0]));
  }

  /** The same with one more header. */
  public Response with(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(name, value);
    return new Response(status, more, body);
  }
}
