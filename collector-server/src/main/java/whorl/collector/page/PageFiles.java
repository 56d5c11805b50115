package whorl.collector.page;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Digest;

/**
 * The files of the page in the collector's jar: those below {@code /page}, and the listed files of
 * libraries. A file is read at its first request and cached, because there are few. Thread-safe.
 */
final class PageFiles {
  private static final Map<String, String> MEDIA_TYPES =
      Map.of(
          "html", "text/html; charset=utf-8",
          "js", "text/javascript; charset=utf-8",
          "css", "text/css; charset=utf-8",
          "json", "application/json",
          "svg", "image/svg+xml",
          "png", "image/png",
          "ico", "image/x-icon",
          "woff2", "font/woff2");

  /** Only one dot, in the last segment, so that no path leads up and no hidden file matches. */
  private static final Pattern NAME =
      Pattern.compile("(?:[A-Za-z0-9_-]{1,64}/){0,4}[A-Za-z0-9_-]{1,64}\\.([a-z0-9]{2,5})");

  private static final String JARS = "/META-INF/resources/webjars/";

  /** The files below {@code /lib} and their resources. The versions must match the root pom. */
  static final Map<String, String> LIBRARIES =
      Map.of(
          "preact.js", JARS + "preact/10.26.4/dist/preact.module.js",
          "uplot.js", JARS + "uplot/1.6.30/dist/uPlot.esm.js",
          "uplot.css", JARS + "uplot/1.6.30/dist/uPlot.min.css");

  private static final Pattern SOURCE_MAP = Pattern.compile("(?m)^//# sourceMappingURL=.*$");

  /**
   * A file of the page.
   *
   * @param etag the ETag with its quotes
   */
  @SuppressWarnings("ArrayRecordComponent") // passed on, never compared
  record PageFile(byte[] content, String mediaType, String etag) {}

  private final Map<String, PageFile> cached = new ConcurrentHashMap<>();

  /** Returns a file by its path below {@code /page}; null when there is none. */
  @Nullable PageFile own(String name) throws IOException {
    Matcher matcher = NAME.matcher(name);
    String mediaType = matcher.matches() ? MEDIA_TYPES.get(matcher.group(1)) : null;
    return mediaType == null ? null : file("/page/" + name, mediaType, false);
  }

  /** Returns a library's file by its name below {@code /lib}; null when there is none. */
  @Nullable PageFile library(String name) throws IOException {
    String resource = LIBRARIES.get(name);
    String mediaType = MEDIA_TYPES.get(name.substring(name.lastIndexOf('.') + 1));
    return resource == null || mediaType == null ? null : file(resource, mediaType, true);
  }

  private @Nullable PageFile file(String resource, String mediaType, boolean library)
      throws IOException {
    PageFile existing = cached.get(resource);
    if (existing != null) {
      return existing;
    }
    byte[] content;
    try (InputStream in = PageFiles.class.getResourceAsStream(resource)) {
      if (in == null) {
        return null;
      }
      content = library ? withoutSourceMap(in.readAllBytes()) : in.readAllBytes();
    }
    PageFile file = new PageFile(content, mediaType, "\"" + Digest.of(content) + "\"");
    cached.put(resource, file);
    return file;
  }

  /** Removes references to source maps, which are not served. */
  private static byte[] withoutSourceMap(byte[] library) {
    return SOURCE_MAP
        .matcher(new String(library, StandardCharsets.UTF_8))
        .replaceAll("")
        .getBytes(StandardCharsets.UTF_8);
  }
}
