package whorl.collector.http.request;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import whorl.evidence.Json;

/** A response: status, headers, body. */
public record Response(int status, Map<String, String> headers, Body body) {
  public Response {
    headers = Map.copyOf(headers);
  }

  /** A response body. */
  public sealed interface Body {
    /** A small body in memory. */
    @SuppressWarnings("ArrayRecordComponent") // passed on, never compared
    record Bytes(byte[] content) implements Body {}

    /** A part of a file, sent without copying. */
    record FileSlice(Path file, long offset, long length) implements Body {}

    /**
     * A body that is written while it is produced.
     *
     * @param length in bytes; negative if it is not known, and then the body is sent in chunks
     */
    record Streamed(Writer writer, long length) implements Body {
      /** A body whose length is not known. */
      public Streamed(Writer writer) {
        this(writer, -1);
      }
    }

    /** Writes a body; an exception after the first byte aborts the connection. */
    interface Writer {
      void writeTo(OutputStream out) throws IOException;
    }
  }

  /** Returns a response with a JSON body. */
  public static Response json(int status, Object value) {
    return new Response(
        status, Map.of("Content-Type", "application/json"), new Body.Bytes(Json.bytes(value)));
  }

  /** Returns a response without a body. */
  public static Response empty(int status) {
    return new Response(status, Map.of(), new Body.Bytes(new byte[0]));
  }

  /** Returns a copy with one more header. */
  public Response with(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(name, value);
    return new Response(status, more, body);
  }
}
