package whorl.collector.http;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Text;

/**
 * The {@code limit} and {@code cursor} of a list. A cursor is opaque to clients.
 *
 * @param limit 1 to 1,000, or the list's own greatest
 * @param cursor the sort key after which to go on; null for the start
 */
public record Paging(int limit, @Nullable String cursor) {
  private static final int DEFAULT_LIMIT = 100;
  private static final int MAX_LIMIT = 1_000;

  /**
   * @throws ProblemException 400 naming the parameter and what is allowed
   */
  public static Paging of(Request request) {
    return of(request, DEFAULT_LIMIT, MAX_LIMIT);
  }

  public static Paging of(Request request, int defaultLimit, int maxLimit) {
    String limit = request.query("limit");
    String cursor = request.query("cursor");
    return new Paging(
        limit == null ? defaultLimit : (int) number("limit", limit, 1, maxLimit),
        cursor == null ? null : decoded(cursor));
  }

  /**
   * The cursor where sort keys are numbers.
   *
   * @throws ProblemException 400 when this list never gave such a cursor
   */
  public @Nullable Long position() {
    return cursor == null ? null : number("cursor", cursor, 0, Long.MAX_VALUE);
  }

  /** A query parameter as something else, 400 with the reason when it is not. */
  public static <T> @Nullable T query(Request request, String name, Function<String, T> reader) {
    String value = request.query(name);
    if (value == null) {
      return null;
    }
    try {
      return reader.apply(value);
    } catch (IllegalArgumentException e) {
      throw new ProblemException(400, "bad parameter", name + ": " + e.getMessage());
    }
  }

  /** The list's answer. */
  public static Response answer(String name, List<?> items, @Nullable Object next) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put(name, items);
    if (next != null) {
      body.put("next", encoded(next.toString()));
    }
    return Response.json(200, body);
  }

  /** A cursor after this key, for an answer that has more than its list. */
  public static String cursor(Object key) {
    return encoded(key.toString());
  }

  public static long number(String name, String value, long min, long max) {
    try {
      long number = Long.parseLong(value);
      if (number >= min && number <= max) {
        return number;
      }
    } catch (NumberFormatException e) {
      // falls through to the same answer as a number out of range
    }
    throw new ProblemException(
        400,
        "bad parameter",
        name + ": not a number from " + min + " to " + max + ": " + Text.shortened(value));
  }

  private static String encoded(String key) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(key.getBytes(StandardCharsets.UTF_8));
  }

  private static String decoded(String cursor) {
    try {
      return new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new ProblemException(
          400,
          "bad parameter",
          "cursor: not one that this list gave; leave it out to start again: "
              + Text.shortened(cursor));
    }
  }
}
