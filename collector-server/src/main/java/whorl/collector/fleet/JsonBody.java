package whorl.collector.fleet;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import whorl.collector.http.ProblemException;
import whorl.collector.http.Request;
import whorl.evidence.Json;
import whorl.evidence.Text;

/** Reads JSON request bodies; what is wrong with one is answered by name. */
public final class JsonBody {
  /** No body we read is longer. */
  public static final int MAX_BYTES = 1 << 20;

  private JsonBody() {}

  /**
   * The whole body.
   *
   * @throws ProblemException 413 when it is longer than {@link #MAX_BYTES}
   */
  public static byte[] bytes(Request request) throws IOException {
    byte[] body = request.body().readNBytes(MAX_BYTES + 1);
    if (body.length > MAX_BYTES) {
      throw new ProblemException(
          413, "body too long", "the body is longer than " + MAX_BYTES + " bytes; send less");
    }
    return body;
  }

  /**
   * A record of ours; unknown fields are refused.
   *
   * @throws ProblemException 400 when it is not JSON, or not this record
   */
  public static <T> T strict(byte[] body, Class<T> type) {
    try {
      T value = Json.MAPPER.readValue(body, type);
      if (value == null) {
        throw malformed("the body is null; send a JSON object");
      }
      return value;
    } catch (IOException e) {
      throw malformed(described(e));
    }
  }

  /**
   * Any JSON.
   *
   * @throws ProblemException 400 when it is not JSON
   */
  public static JsonNode tree(byte[] body) {
    try {
      return Json.LENIENT.readTree(body);
    } catch (IOException e) {
      throw malformed(described(e));
    }
  }

  /** The answer to a body that cannot be understood. */
  public static ProblemException malformed(String detail) {
    return new ProblemException(400, "malformed body", detail);
  }

  private static String described(IOException e) {
    if (e instanceof UnrecognizedPropertyException unknown) {
      return "unknown field "
          + Text.shortened(path(unknown))
          + "; known are: "
          + unknown.getKnownPropertyIds().stream()
              .map(Object::toString)
              .sorted()
              .collect(Collectors.joining(", "));
    }
    if (e instanceof ValueInstantiationException refused && refused.getCause() != null) {
      String why = refused.getCause().getMessage();
      return path(refused).isEmpty() ? "" + why : Text.shortened(path(refused)) + ": " + why;
    }
    if (e instanceof JsonMappingException wrong) {
      return "field " + Text.shortened(path(wrong)) + " has the wrong type";
    }
    if (e instanceof JsonProcessingException broken && broken.getLocation() != null) {
      return "not JSON, at line "
          + broken.getLocation().getLineNr()
          + ", column "
          + broken.getLocation().getColumnNr();
    }
    return "the body could not be read";
  }

  private static String path(JsonMappingException e) {
    List<JsonMappingException.Reference> path = e.getPath();
    return path.stream()
        .map(JsonMappingException.Reference::getFieldName)
        .filter(Objects::nonNull)
        .collect(Collectors.joining("."));
  }
}
