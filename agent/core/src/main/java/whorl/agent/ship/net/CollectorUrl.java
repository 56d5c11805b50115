package whorl.agent.ship.net;

import java.net.URI;
import java.net.URISyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * The collector's address.
 *
 * @param host without the brackets of an IPv6 address
 * @param basePath prefix of every path, such as {@code /whorl} behind a proxy; empty or with a
 *     leading and no trailing slash
 */
public record CollectorUrl(boolean tls, String host, int port, String basePath) {
  public static final String UPLOADS = "/agent/v1/uploads";
  static final String CHANNEL = "/agent/v1/channel";

  /** Parses {@code collector.url}; the configuration has checked that it is http or https. */
  public static CollectorUrl of(URI url) {
    boolean tls = "https".equals(url.getScheme());
    String host = url.getHost();
    String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    int port = url.getPort() > 0 ? url.getPort() : tls ? 443 : 80;
    String path = url.getRawPath() == null ? "" : url.getRawPath();
    while (path.endsWith("/")) {
      path = path.substring(0, path.length() - 1);
    }
    return new CollectorUrl(tls, bare, port, path);
  }

  public String path(String path) {
    return basePath + path;
  }

  /** The value of the Host header. */
  public String authority() {
    String name = host.contains(":") ? "[" + host + "]" : host;
    return port == (tls ? 443 : 80) ? name : name + ":" + port;
  }

  /** The channel's address. */
  public URI channel() {
    return URI.create((tls ? "wss://" : "ws://") + authority() + path(CHANNEL));
  }

  /**
   * Returns the path of a Location header. Only the path is used, so that bytes and token go to no
   * host but the configured one.
   *
   * @return null if it is not the address of an upload
   */
  public @Nullable String uploadPath(String location) {
    String path;
    try {
      path = new URI(location).getRawPath();
    } catch (URISyntaxException malformed) {
      return null;
    }
    if (path == null || path.contains("..")) {
      return null;
    }
    int uploads = path.indexOf(UPLOADS + "/");
    return uploads < 0 ? null : path(path.substring(uploads));
  }

  @Override
  public String toString() {
    return (tls ? "https://" : "http://") + authority() + basePath;
  }
}
