package whorl.collector.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Who issues tokens of service accounts, and where its public keys are: {@code
 * https://issuer[,jwks=FILE|URL][,ca=PEM][,token-file=FILE]}.
 *
 * @param issuer exactly as the tokens name it
 * @param keysFile a file with the keys as JWKS; null if they are read over the network
 * @param keysUrl where the keys are as JWKS; null if a file has them, or if they are discovered
 * @param ca the authority of that server's certificate; null for the platform's
 * @param token a file with a token that the server wants to see; null for none
 */
public record AgentIssuer(
    String issuer,
    @Nullable Path keysFile,
    @Nullable URI keysUrl,
    @Nullable Path ca,
    @Nullable Path token) {
  private static final int MAX_CHARS = 1024;

  /**
   * Parses the option's value.
   *
   * @throws IllegalArgumentException naming what is wrong
   */
  static AgentIssuer parse(String text) {
    String[] parts = text.split(",", -1);
    String issuer = parts[0];
    URI url = url(issuer);
    if (url == null || issuer.length() > MAX_CHARS) {
      throw new IllegalArgumentException(
          "begins with the issuer as its tokens name it, such as https://issuer.example.org");
    }
    Path file = null;
    URI keysUrl = null;
    Path ca = null;
    Path token = null;
    for (int i = 1; i < parts.length; i++) {
      int equals = parts[i].indexOf('=');
      String name = equals < 0 ? parts[i] : parts[i].substring(0, equals);
      String value = equals < 0 ? "" : parts[i].substring(equals + 1);
      switch (value.isEmpty() ? "" : name) {
        case "jwks" -> {
          keysUrl = value.contains("://") ? url(value) : null;
          file = keysUrl == null ? path(value) : null;
        }
        case "ca" -> ca = path(value);
        case "token-file" -> token = path(value);
        default ->
            throw new IllegalArgumentException(
                "after the issuer may follow jwks=FILE or jwks=URL, ca=PEM and token-file=FILE");
      }
    }
    AgentIssuer parsed = new AgentIssuer(issuer, file, keysUrl, ca, token);
    if (file == null && !isSafe(keysUrl == null ? url : keysUrl)) {
      throw new IllegalArgumentException(
          "keys are read over https only, except from a loopback address; or give jwks=FILE");
    }
    return parsed;
  }

  /** True if what is read from there cannot be changed on the way. */
  public static boolean isSafe(URI url) {
    String host = url.getHost();
    return "https".equals(url.getScheme())
        || "127.0.0.1".equals(host)
        || "localhost".equals(host)
        || "[::1]".equals(host);
  }

  /** The http or https address with a host and without a user; null if it is another text. */
  static @Nullable URI url(String text) {
    try {
      URI url = new URI(text);
      boolean http = "https".equals(url.getScheme()) || "http".equals(url.getScheme());
      return http && url.getHost() != null && url.getUserInfo() == null ? url : null;
    } catch (URISyntaxException e) {
      return null;
    }
  }

  private static Path path(String text) {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException("names no file: " + text, e);
    }
  }
}
