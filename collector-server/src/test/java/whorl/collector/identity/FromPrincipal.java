package whorl.collector.identity;

import java.io.InputStream;
import org.jspecify.annotations.Nullable;
import whorl.collector.http.request.Principal;
import whorl.collector.http.request.Request;

/** A request of this caller. */
class FromPrincipal implements Request {
  private final Request request;
  private final Principal principal;

  FromPrincipal(Request request, Principal principal) {
    this.request = request;
    this.principal = principal;
  }

  @Override
  public Principal principal() {
    return principal;
  }

  @Override
  public String method() {
    return request.method();
  }

  @Override
  public String path() {
    return request.path();
  }

  @Override
  public String pathParameter(String name) {
    return request.pathParameter(name);
  }

  @Override
  public @Nullable String query(String name) {
    return request.query(name);
  }

  @Override
  public @Nullable String header(String name) {
    return request.header(name);
  }

  @Override
  public InputStream body() {
    return request.body();
  }

  @Override
  public long contentLength() {
    return request.contentLength();
  }

  @Override
  public String remoteAddress() {
    return request.remoteAddress();
  }
}
