package whorl.collector.mcp;

import java.io.InputStream;
import org.jspecify.annotations.Nullable;
import whorl.collector.http.request.Principal;
import whorl.collector.http.request.Request;
import whorl.collector.mcp.tools.Resource;

/** A GET of the API within another request, by the same caller from the same address. */
final class InternalRequest implements Request {
  private final Request outer;
  private final Resource resource;

  InternalRequest(Request outer, Resource resource) {
    this.outer = outer;
    this.resource = resource;
  }

  @Override
  public String method() {
    return "GET";
  }

  @Override
  public String path() {
    return resource.path();
  }

  @Override
  public String pathParameter(String name) {
    String value = resource.names().get(name);
    if (value == null) {
      throw new IllegalArgumentException("no {" + name + "} in " + resource.template());
    }
    return value;
  }

  @Override
  public @Nullable String query(String name) {
    return resource.query().get(name);
  }

  @Override
  public @Nullable String header(String name) {
    return null; // those of the outer request are about its own body
  }

  @Override
  public @Nullable Principal principal() {
    return outer.principal();
  }

  @Override
  public InputStream body() {
    return InputStream.nullInputStream();
  }

  @Override
  public long contentLength() {
    return 0;
  }

  @Override
  public String remoteAddress() {
    return outer.remoteAddress();
  }
}
