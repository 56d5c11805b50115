package whorl.agent.redact;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.OutputStream;

/** The door that every artifact goes through: which media type is masked in which way. */
public final class RedactedStreams {
  private final Redactor redactor;

  public RedactedStreams(Redactor redactor) {
    this.redactor = redactor;
  }

  /**
   * Before an artifact is begun.
   *
   * @throws IOException for a type of which it is not known how it is masked
   */
  public void check(String mediaType) throws IOException {
    into(OutputStream.nullOutputStream(), mediaType).close();
  }

  /**
   * Masks the texts and names of an artifact of JSON as they are written; what comes of it is as if
   * its bytes had gone into {@link #into}.
   */
  public JsonGenerator json(JsonGenerator json) {
    return new MaskedJson(redactor).byEachName(json);
  }

  /**
   * The stream to write an artifact of this media type into, in which its secrets are masked.
   *
   * @throws IOException for a type of which it is not known how it is masked
   */
  public OutputStream into(OutputStream out, String mediaType) throws IOException {
    int parameters = mediaType.indexOf(';');
    String type = parameters < 0 ? mediaType : mediaType.substring(0, parameters);
    return switch (type) {
      case "application/json" -> new JsonFilter(redactor, out, false);
      case "application/x-ndjson" -> new JsonFilter(redactor, out, true);
      case "text/plain" -> new TextFilter(redactor, out);
      case "application/x-jfr" -> new RecordingFilter(redactor, out);
      // Files and classes are evidence byte by byte, named by their digest; heaps have a filter
      // of their own.
      case "application/octet-stream", "application/java-vm", "application/gzip" -> out;
      default -> throw new IOException("it is not known how " + type + " is masked");
    };
  }
}
