package whorl.collector.http;

import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** One request, on a worker thread. */
public interface Request {
  String method();

  /** Without the query, decoded and normalised. */
  String path();

  /**
   * A part of the path by its name in the route's template.
   *
   * @throws IllegalArgumentException when the template has no such part
   */
  String pathParameter(String name);

  /** The first value of a query parameter, decoded; null where absent. */
  @Nullable String query(String name);

  /** A header's value, whatever its case; null where absent. */
  @Nullable String header(String name);

  /** Whose token it was; null on open routes. */
  @Nullable Principal principal();

  /** The body as it arrives; reading waits, under the server's idle and least-rate limits. */
  InputStream body();

  /** As the client said, or -1. */
  long contentLength();

  String remoteAddress();
}
