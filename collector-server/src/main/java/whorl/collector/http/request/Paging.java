package whorl.collector.http.request;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import whorl.collector.times.Times;
import whorl.evidence.Text;

/**
 * The {@code limit} and {@code cursor} of a list. A cursor is opaque to clients.
 *
 * @param limit 1 to 1,000, or to the list's own maximum
 * @param cursor the sort key after which the page starts; null for the first page
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
        cursor == null ? null : decode(cursor));
  }

  /**
   * Returns the cursor of a list whose sort keys are numbers.
   *
   * @throws ProblemException 400 when the cursor is not from such a list
   */
  public @Nullable Long position() {
    return cursor == null ? null : number("cursor", cursor, 0, Long.MAX_VALUE);
  }

  /**
   * Returns a parsed query parameter; responds with 400 and the reason when it cannot be parsed.
   */
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

  /**
   * Returns a time that a query parameter has in any form of {@link Times}, relative to the clock
   * of this machine; null when it is absent.
   */
  public static @Nullable Instant time(Request request, String name) {
    return query(request, name, text -> Times.of(text, Instant.now()));
  }

  /** Returns the value of a query parameter that is true or false; null when it is absent. */
  public static @Nullable Boolean trueOrFalse(Request request, String name) {
    return query(
        request,
        name,
        word ->
            switch (word) {
              case "true" -> true;
              case "false" -> false;
              default ->
                  throw new IllegalArgumentException("not true or false: " + Text.shortened(word));
            });
  }

  /** Returns the response with the list. */
  public static Response answer(String name, List<?> items, @Nullable Object next) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put(name, items);
    if (next != null) {
      body.put("next", encode(next.toString()));
    }
    return Response.json(200, body);
  }

  /** Returns a cursor after this key, for responses with more than a list. */
  public static String cursor(Object key) {
    return encode(key.toString());
  }

  public static long number(String name, String value, long min, long max) {
    try {
      long number = Long.parseLong(value);
      if (number >= min && number <= max) {
        return number;
      }
    } catch (NumberFormatException e) {
      // handled below like a number out of range
    }
    throw new ProblemException(
        400,
        "bad parameter",
        name + ": not a number from " + min + " to " + max + ": " + Text.shortened(value));
  }

  private static String encode(String key) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(key.getBytes(StandardCharsets.UTF_8));
  }

  private static String decode(String cursor) {
    try {
      return new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new ProblemException(
          400,
          "bad parameter",
          "cursor: not from this list; leave it out to start again: " + Text.shortened(cursor));
    }
  }
}
