package whorl.collector.notify.targets;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.notify.message.SecretFile;

/**
 * Where a target posts to.
 *
 * @param url null if it is in a file
 * @param urlFile a file with the URL, which is a secret then; null if it is not in a file
 * @param headers sent with each request
 * @param secretHeaders the same; their values are in files
 * @param ca the authority of the server's certificate; null for the platform's
 * @param allowLocal true if it may be a loopback or link-local address
 * @param insecure true if it may be http
 */
public record Endpoint(
    @Nullable URI url,
    @Nullable SecretFile urlFile,
    Map<String, String> headers,
    Map<String, SecretFile> secretHeaders,
    @Nullable Path ca,
    boolean allowLocal,
    boolean insecure) {
  public Endpoint {
    headers = Map.copyOf(headers);
    secretHeaders = Map.copyOf(secretHeaders);
  }

  /** The URL for people; without user, path and query if it is a secret. */
  String shown() {
    URI known = url;
    return known == null ? "the URL in " + (urlFile == null ? "" : urlFile.file()) : place(known);
  }

  /** The server of a URL, with its path: a query may hold a secret. */
  private static String place(URI url) {
    return url.getScheme()
        + "://"
        + url.getHost()
        + (url.getPort() < 0 ? "" : ":" + url.getPort())
        + (url.getRawPath() == null ? "" : url.getRawPath());
  }

  /**
   * Reads the URL.
   *
   * @throws IOException without the URL if it is a secret
   */
  URI read() throws IOException {
    if (url != null) {
      return url;
    }
    if (urlFile == null) {
      throw new IllegalStateException("an endpoint without a URL");
    }
    try {
      URI read = new URI(urlFile.read());
      String problem = problem(read, insecure);
      if (problem == null) {
        return read;
      }
      throw new IOException("the URL in " + urlFile.file() + " " + problem);
    } catch (URISyntaxException e) {
      throw new IOException(
          "there is no URL in " + urlFile.file() + ", such as https://hooks.example.org/…");
    }
  }

  /** Why this URL cannot be used, as the end of a sentence; null if it can. */
  public static @Nullable String problem(URI url, boolean insecure) {
    String scheme = url.getScheme();
    if (url.getHost() == null || scheme == null) {
      return "has no host; give one such as https://hooks.example.org/whorl";
    }
    if (scheme.equals("https")) {
      return url.getRawUserInfo() == null ? null : "has a user; use header-files for secrets";
    }
    if (!scheme.equals("http")) {
      return "is not https";
    }
    return insecure
        ? null
        : "is http: what happens in your applications would cross the network in the clear; give"
            + " https, or set insecure: true where a mesh encrypts";
  }
}
