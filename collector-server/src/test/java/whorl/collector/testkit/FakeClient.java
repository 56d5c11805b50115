package whorl.collector.testkit;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import whorl.collector.http.request.Principal;
import whorl.collector.http.request.ProblemException;
import whorl.collector.http.request.Request;
import whorl.collector.http.request.Response;
import whorl.collector.http.request.Role;
import whorl.collector.http.request.Route;

/** Calls handlers as the server would, without a server. */
public final class FakeClient implements Caller {
  private final List<Route> routes;
  private final Principal principal;
  private final String address;

  public FakeClient(List<Route> routes, Role role) {
    this(routes, new Principal(role, role.word() + "-01234567"), "127.0.0.1");
  }

  private FakeClient(List<Route> routes, Principal principal, String address) {
    this.routes = routes;
    this.principal = principal;
    this.address = address;
  }

  /** The same from another address. */
  public FakeClient from(String other) {
    return new FakeClient(routes, principal, other);
  }

  /** The same by another caller. */
  public FakeClient as(Principal other) {
    return new FakeClient(routes, other, address);
  }

  @Override
  public Answer call(String method, String target, Map<String, String> headers, byte[] body) {
    try {
      return call(method, target, headers, new ByteArrayInputStream(body), body.length);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  public Answer get(String target) {
    return call("GET", target, Map.of(), new byte[0]);
  }

  /** An {@link IOException} is what the server would drop the connection or answer 500 for. */
  public Answer call(
      String method, String target, Map<String, String> headers, InputStream body, long length)
      throws IOException {
    String path = target.split("\\?", 2)[0];
    for (Route route : routes) {
      Map<String, String> parameters = match(route.template(), path);
      if (parameters != null && route.method().equals(method)) {
        FakeRequest request =
            new FakeRequest(
                method, path, parameters, queryOf(target), headers, body, length, principal);
        try {
          return answer(route.handler().handle(request));
        } catch (ProblemException e) {
          return new Answer(
              e.status(),
              e.headers(),
              (e.title() + ": " + e.getMessage()).getBytes(StandardCharsets.UTF_8));
        }
      }
    }
    throw new AssertionError("no route for " + method + " " + path);
  }

  private static Answer answer(Response response) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    if (response.body() instanceof Response.Body.Bytes bytes) {
      out.write(bytes.content());
    } else if (response.body() instanceof Response.Body.Streamed streamed) {
      streamed.writer().writeTo(out);
    } else if (response.body() instanceof Response.Body.FileSlice slice) {
      try (FileChannel file = FileChannel.open(slice.file())) {
        file.transferTo(slice.offset(), slice.length(), Channels.newChannel(out));
      }
    }
    return new Answer(response.status(), response.headers(), out.toByteArray());
  }

  private static Map<String, String> match(String template, String path) {
    Matcher names = Pattern.compile("\\{(\\w+)(\\.\\.\\.)?}").matcher(template);
    StringBuilder regex = new StringBuilder();
    Map<Integer, String> groups = new HashMap<>();
    int end = 0;
    while (names.find()) {
      regex.append(Pattern.quote(template.substring(end, names.start())));
      regex.append(names.group(2) == null ? "([^/]+)" : "(.+)");
      groups.put(groups.size() + 1, names.group(1));
      end = names.end();
    }
    regex.append(Pattern.quote(template.substring(end)));
    Matcher matcher = Pattern.compile(regex.toString()).matcher(path);
    if (!matcher.matches()) {
      return null;
    }
    Map<String, String> parameters = new HashMap<>();
    groups.forEach((group, name) -> parameters.put(name, matcher.group(group)));
    return parameters;
  }

  private static Map<String, String> queryOf(String target) {
    Map<String, String> query = new HashMap<>();
    String[] parts = target.split("\\?", 2);
    if (parts.length == 2) {
      for (String pair : parts[1].split("&")) {
        String[] keyValue = pair.split("=", 2);
        query.put(keyValue[0], keyValue[1]);
      }
    }
    return query;
  }

  private final class FakeRequest implements Request {
    private final String method;
    private final String path;
    private final Map<String, String> parameters;
    private final Map<String, String> query;
    private final Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    private final InputStream body;
    private final long length;
    private final Principal principal;

    FakeRequest(
        String method,
        String path,
        Map<String, String> parameters,
        Map<String, String> query,
        Map<String, String> headers,
        InputStream body,
        long length,
        Principal principal) {
      this.method = method;
      this.path = path;
      this.parameters = parameters;
      this.query = query;
      this.headers.putAll(headers);
      this.body = body;
      this.length = length;
      this.principal = principal;
    }

    @Override
    public String method() {
      return method;
    }

    @Override
    public String path() {
      return path;
    }

    @Override
    public String pathParameter(String name) {
      String value = parameters.get(name);
      if (value == null) {
        throw new IllegalArgumentException(name);
      }
      return value;
    }

    @Override
    public String query(String name) {
      return query.get(name);
    }

    @Override
    public String header(String name) {
      return headers.get(name);
    }

    @Override
    public Principal principal() {
      return principal;
    }

    @Override
    public InputStream body() {
      return body;
    }

    @Override
    public long contentLength() {
      return length;
    }

    @Override
    public String remoteAddress() {
      return address;
    }
  }
}
