package whorl.collector.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Lets those through who carry a token of a fitting role. */
final class Gate {
  private static final String SCHEME = "bearer ";

  private final Tokens tokens;

  Gate(Tokens tokens) {
    this.tokens = tokens;
  }

  /**
   * Who asks.
   *
   * @param queryToken the query's {@code token}, where the route looks at it
   * @throws ProblemException 401 or 403
   */
  Principal admit(Role needed, HttpHeaders headers, @Nullable String queryToken) {
    List<String> values = headers.getAll(HttpHeaderNames.AUTHORIZATION);
    if (values.isEmpty() && queryToken != null) {
      return fromQuery(queryToken);
    }
    if (values.size() != 1 || !values.get(0).regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      throw unauthorized("send the header Authorization: Bearer TOKEN, once");
    }
    Principal principal = tokens.principalOf(values.get(0).substring(SCHEME.length()).strip());
    if (principal == null) {
      throw unauthorized("nobody has this token; see the collector's tokens file");
    }
    if (!principal.role().permits(needed)) {
      throw new ProblemException(
          403,
          "forbidden",
          "this needs a token of role "
              + needed.word()
              + "; yours is of role "
              + principal.role().word());
    }
    return principal;
  }

  private Principal fromQuery(String token) {
    Principal principal = tokens.principalOf(token);
    if (principal == null || principal.role() != Role.ALERT) {
      throw unauthorized(
          "a token in the query must be of role alert; send others as Authorization: Bearer TOKEN");
    }
    return principal;
  }

  private static ProblemException unauthorized(String detail) {
    return new ProblemException(
        401, "unauthorized", detail, Map.of("WWW-Authenticate", "Bearer realm=\"whorl\""));
  }
}
