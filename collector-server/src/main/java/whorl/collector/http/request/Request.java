package whorl.collector.http.request;

import java.io.InputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.access.Scope;

/** One request, on a worker thread. */
public interface Request {
  String method();

  /** Returns the path without the query, decoded and normalised. */
  String path();

  /**
   * Returns a part of the path by its name in the route's template.
   *
   * @throws IllegalArgumentException when the template has no such part
   */
  String pathParameter(String name);

  /** Returns the first value of a query parameter, decoded; null when absent. */
  @Nullable String query(String name);

  /** Returns a header's value; the name is case-insensitive. Null when absent. */
  @Nullable String header(String name);

  /** Returns the caller; null on open routes. */
  @Nullable Principal principal();

  /**
   * Returns the body as it arrives. Reading blocks, within the server's idle and minimum-rate
   * limits.
   */
  InputStream body();

  /** Returns the Content-Length, or -1. */
  long contentLength();

  String remoteAddress();

  /** Returns for what the caller has this role, or more; nothing on open routes. */
  default Scope scope(Role role) {
    Principal principal = principal();
    return principal == null ? new Scope(List.of()) : principal.access().scope(role);
  }

  /** Returns whom the limits for agents count. */
  default String client() {
    return Principal.client(principal(), remoteAddress());
  }
}
