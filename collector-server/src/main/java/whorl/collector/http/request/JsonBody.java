package whorl.collector.http.request;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import whorl.evidence.Json;
import whorl.evidence.Text;

/** Reads JSON request bodies. The error of a malformed body names what is wrong. */
public final class JsonBody {
  /** Longer bodies are refused. */
  public static final int MAX_BYTES = 1 << 20;

  /** Several hundred alerts have some ten thousand. */
  private static final long TREE_MAX_TOKENS = 200_000;

  private static final ObjectReader TREES = trees(TREE_MAX_TOKENS, MAX_BYTES);

  private JsonBody() {}

  /**
   * A reader of trees, which may take thirty times the memory of their text. So it refuses JSON
   * with more than this many names, values, and beginnings and ends of objects and lists.
   *
   * @param maxChars of one text
   */
  public static ObjectReader trees(long maxTokens, int maxChars) {
    JsonFactory usual = Json.LENIENT.getFactory();
    return Json.LENIENT
        .reader()
        .with(
            usual
                .rebuild()
                .streamReadConstraints(
                    usual
                        .streamReadConstraints()
                        .rebuild()
                        .maxTokenCount(maxTokens)
                        .maxStringLength(maxChars)
                        .build())
                .build());
  }

  /**
   * Returns the whole body.
   *
   * @throws ProblemException 413 when it is longer than {@link #MAX_BYTES}
   */
  public static byte[] bytes(Request request) throws IOException {
    return bytes(request, MAX_BYTES);
  }

  /**
   * Returns the whole body.
   *
   * @throws ProblemException 413 when it is longer than {@code maxBytes}
   */
  public static byte[] bytes(Request request, int maxBytes) throws IOException {
    byte[] body = request.body().readNBytes(maxBytes + 1);
    if (body.length > maxBytes) {
      throw new ProblemException(
          413, "body too long", "the body is longer than " + maxBytes + " bytes; send less");
    }
    return body;
  }

  /**
   * Parses a body as one of our records; unknown fields are refused.
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
      throw malformed(describe(e));
    }
  }

  /**
   * Parses any JSON.
   *
   * @throws ProblemException 400 when it is not JSON, or has very many values
   */
  public static JsonNode tree(byte[] body) {
    try {
      return TREES.readTree(body);
    } catch (IOException e) {
      throw malformed(describe(e));
    }
  }

  /** Returns the exception for a malformed body. */
  public static ProblemException malformed(String detail) {
    return new ProblemException(400, "malformed body", detail);
  }

  private static String describe(IOException e) {
    if (e instanceof UnrecognizedPropertyException unknownField) {
      return "unknown field "
          + Text.shortened(path(unknownField))
          + "; known are: "
          + unknownField.getKnownPropertyIds().stream()
              .map(Object::toString)
              .sorted()
              .collect(Collectors.joining(", "));
    }
    if (e instanceof ValueInstantiationException instantiation
        && instantiation.getCause() != null) {
      String why = instantiation.getCause().getMessage();
      return path(instantiation).isEmpty()
          ? "" + why
          : Text.shortened(path(instantiation)) + ": " + why;
    }
    if (e instanceof JsonMappingException mismatch) {
      return "field " + Text.shortened(path(mismatch)) + " has the wrong type";
    }
    if (e instanceof StreamConstraintsException) {
      return "it has too many values, a value that is too long, or too many levels";
    }
    if (e instanceof JsonProcessingException syntaxError && syntaxError.getLocation() != null) {
      return "not JSON, at line "
          + syntaxError.getLocation().getLineNr()
          + ", column "
          + syntaxError.getLocation().getColumnNr();
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
