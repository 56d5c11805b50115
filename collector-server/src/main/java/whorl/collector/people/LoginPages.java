package whorl.collector.people;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import whorl.collector.http.request.Response;

/** Answers to a browser that logs in: where it goes next, or what did not work. */
final class LoginPages {
  private static final String POLICY =
      "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none';"
          + " frame-ancestors 'none'";

  private LoginPages() {}

  /** Leads the browser to another address. */
  static Response redirect(String location) {
    return new Response(303, withLocation(location), new Response.Body.Bytes(new byte[0]));
  }

  private static Map<String, String> withLocation(String location) {
    Map<String, String> headers = new LinkedHashMap<>(unkept());
    headers.put("Location", location);
    return headers;
  }

  /** Says what did not work. The text is shown as text, whatever is in it. */
  static Response failure(int status, String text) {
    String page =
        """
        <!doctype html>
        <html lang="en">
          <head>
            <meta charset="utf-8" />
            <meta name="viewport" content="width=device-width, initial-scale=1" />
            <meta name="color-scheme" content="light dark" />
            <title>Login · Whorl</title>
            <link rel="icon" href="/page/whorl.svg" type="image/svg+xml" />
            <link rel="stylesheet" href="/page/style/colours.css" />
            <link rel="stylesheet" href="/page/style/page.css" />
          </head>
          <body>
            <main class="login login-failed">
              <h1>You are not logged in</h1>
              <p role="alert">%s</p>
              <p><a class="button primary" href="/">Back to the login</a></p>
            </main>
          </body>
        </html>
        """
            .formatted(escaped(text));
    Map<String, String> headers = new LinkedHashMap<>(unkept());
    headers.put("Content-Type", "text/html; charset=utf-8");
    headers.put("Content-Security-Policy", POLICY);
    headers.put("X-Frame-Options", "DENY");
    return new Response(
        status, headers, new Response.Body.Bytes(page.getBytes(StandardCharsets.UTF_8)));
  }

  /** Headers of answers that must be kept nowhere, and whose address nobody else may learn. */
  static Map<String, String> unkept() {
    return Map.of("Cache-Control", "no-store", "Referrer-Policy", "no-referrer");
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }
}
