package whorl.collector.notify.targets;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
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
  private static final int SECRET_MIN_CHARS = 6;

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

  /**
   * Takes what must not be shown out of what the other side says, should it repeat that.
   *
   * @param read as {@link #read}
   * @param secrets that it was sent besides; of each also its words, such as a token after its type
   */
  String clean(String text, URI read, Collection<String> secrets) {
    Set<String> hidden = new LinkedHashSet<>();
    for (String secret : secrets) {
      hidden.add(secret);
      for (String word : parts(secret, "\\s+")) {
        hidden.add(word);
        hidden.addAll(login(word));
      }
    }
    // as they are sent, and as a server reads them
    for (String query : Arrays.asList(read.getRawQuery(), read.getQuery())) {
      if (query != null) {
        hidden.add(query);
        hidden.addAll(parts(query, "[&=]"));
      }
    }
    if (urlFile != null) {
      hidden.add(read.toString());
      hidden.addAll(parts(String.valueOf(read.getRawPath()), "/"));
      hidden.addAll(parts(String.valueOf(read.getPath()), "/"));
    }
    return hidden(text, hidden);
  }

  /** The text without these. */
  static String hidden(String text, Collection<String> secrets) {
    // the longest first: a part of it must not hide the rest
    Set<String> longestFirst =
        new TreeSet<>(
            Comparator.comparing(String::length)
                .reversed()
                .thenComparing(Comparator.naturalOrder()));
    longestFirst.addAll(secrets);
    String clean = text;
    for (String each : longestFirst) {
      clean = each.isEmpty() ? clean : clean.replace(each, "•••");
    }
    return clean;
  }

  /** User and password of a word in the manner of {@code Basic} (RFC 7617), and the password. */
  private static List<String> login(String word) {
    try {
      String login = new String(Base64.getDecoder().decode(word), StandardCharsets.UTF_8);
      int colon = login.indexOf(':');
      return colon < 0 ? List.of() : List.of(login, login.substring(colon + 1));
    } catch (IllegalArgumentException e) {
      return List.of(); // it is no base64, and so no login
    }
  }

  /** The parts that are long enough to be secrets. */
  private static List<String> parts(String whole, String separator) {
    return Stream.of(whole.split(separator, -1))
        .filter(part -> part.length() >= SECRET_MIN_CHARS)
        .toList();
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
