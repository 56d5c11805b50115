package whorl.collector.page;

import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.http.request.ProblemException;
import whorl.collector.http.request.Request;
import whorl.collector.http.request.Response;
import whorl.collector.http.request.Route;
import whorl.collector.page.PageFiles.PageFile;

/**
 * {@code /}, {@code /page} and {@code /lib}: the page itself, which shows no data before a login.
 * Its views are in the part after {@code #}.
 */
public final class StaticRoutes {
  /**
   * The page may run its own scripts and connect to its own server only. If text from evidence were
   * rendered as markup, it could neither run nor send anything.
   */
  private static final String POLICY =
      String.join(
          "; ",
          "default-src 'none'",
          "script-src 'self'",
          "style-src 'self'",
          "img-src 'self' data:",
          "connect-src 'self'",
          "font-src 'self'",
          "form-action 'self'",
          "base-uri 'none'",
          "frame-ancestors 'none'");

  private static final Map<String, String> HEADERS =
      Map.of(
          "Cache-Control", "no-cache",
          "Content-Security-Policy", POLICY,
          "Referrer-Policy", "no-referrer",
          "X-Frame-Options", "DENY",
          "Cross-Origin-Opener-Policy", "same-origin",
          "Cross-Origin-Resource-Policy", "same-origin",
          "Permissions-Policy",
              "camera=(), microphone=(), geolocation=(), payment=(), usb=(), serial=(), hid=()");

  private final PageFiles files = new PageFiles();

  public List<Route> routes() {
    return List.of(
        Route.open("GET", "/", request -> asyncScript(request, files.own("index.html"))),
        Route.open(
            "GET",
            "/page/{name...}",
            request -> asyncScript(request, files.own(request.pathParameter("name")))),
        Route.open(
            "GET",
            "/lib/{name}",
            request -> asyncScript(request, files.library(request.pathParameter("name")))));
  }

  private static Response asyncScript(Request request, @Nullable PageFile file) throws IOException {
    if (file == null) {
      throw new ProblemException(404, "not found", "the page has no such file; open /");
    }
    Map<String, String> headers = new LinkedHashMap<>(HEADERS);
    headers.put("ETag", file.etag());
    if (matches(request.header("If-None-Match"), file.etag())) {
      return new Response(304, headers, new Response.Body.Bytes(new byte[0]));
    }
    headers.put("Content-Type", file.mediaType());
    return new Response(200, headers, new Response.Body.Bytes(file.content()));
  }

  private static boolean matches(@Nullable String ifNoneMatch, String etag) {
    return ifNoneMatch != null
        && Arrays.stream(ifNoneMatch.split(",", 64))
            .map(String::strip)
            .anyMatch(candidate -> candidate.equals(etag) || candidate.equals("W/" + etag));
  }
}
