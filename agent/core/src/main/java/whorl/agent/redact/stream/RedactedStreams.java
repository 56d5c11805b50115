package whorl.agent.redact.stream;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.OutputStream;
import whorl.agent.redact.Redactor;

/** Chooses the masking of an artifact by its media type; every artifact passes through it. */
public final class RedactedStreams {
  private final Redactor redactor;

  public RedactedStreams(Redactor redactor) {
    this.redactor = redactor;
  }

  /**
   * Checks a media type before an artifact is begun.
   *
   * @throws IOException if there is no masking for the type
   */
  public void check(String mediaType) throws IOException {
    into(OutputStream.nullOutputStream(), mediaType).close();
  }

  /**
   * Masks the texts and names of a JSON artifact as they are written; the result equals writing the
   * bytes to {@link #into}.
   */
  public JsonGenerator json(JsonGenerator json) {
    return new MaskedJson(redactor).byRecordName(json);
  }

  /**
   * Returns the stream for an artifact of this media type, which masks its secrets.
   *
   * @throws IOException if there is no masking for the type
   */
  public OutputStream into(OutputStream out, String mediaType) throws IOException {
    int parameters = mediaType.indexOf(';');
    String type = parameters < 0 ? mediaType : mediaType.substring(0, parameters);
    return switch (type) {
      case "application/json" -> new JsonFilter(redactor, out, false);
      case "application/x-ndjson" -> new JsonFilter(redactor, out, true);
      case "text/plain" -> new TextFilter(redactor, out);
      // MaskedRecording has masked them, and so has the filter of heaps.
      case "application/x-jfr", "application/gzip" -> out;
      // Files and classes are evidence byte by byte, named by their digest.
      case "application/octet-stream", "application/java-vm" -> out;
      default -> throw new IOException("it is not known how " + type + " is masked");
    };
  }
}
