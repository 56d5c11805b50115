package whorl.agent.hook.network;

import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import whorl.event.DecodedText;
import whorl.event.IpAddress;
import whorl.event.RequestContext;

/**
 * Checks whether a request's own text names the host that the application connects to for it, as in
 * server-side request forgery: in its path or query, raw or decoded. A host in a URL counts only
 * with the URL's port, so that {@code ?redirect=http://localhost:8080/} does not name a database on
 * this host. A host without a URL counts only as a parameter's whole value, and only if it is an
 * address, a name with a dot, or comes with the port.
 */
final class NamedDestination {
  private static final int IPV4_BITS = 32;
  private static final int MAX_PARTS = 4;
  private static final int MAX_PORT_DIGITS = 5;

  private final String text;
  private final @Nullable String host;
  private final @Nullable String address;
  private final int port;

  private NamedDestination(String text, @Nullable String host, @Nullable String address, int port) {
    this.text = text;
    this.host = host;
    this.address = address;
    this.port = port;
  }

  /**
   * @param request null if there is none, which names nothing
   * @param host the host name that was requested; null if there was none
   */
  static boolean isNamed(
      @Nullable RequestContext request, @Nullable String host, @Nullable String address, int port) {
    if (request == null || (request.query().isEmpty() && request.path().length() < 2)) {
      return false;
    }
    return isNamedIn(DecodedText.of(request.query()), host, address, port)
        || isNamedIn(DecodedText.ofPath(request.path()), host, address, port);
  }

  private static boolean isNamedIn(
      String text, @Nullable String host, @Nullable String address, int port) {
    NamedDestination destination =
        new NamedDestination(text.toLowerCase(Locale.ROOT), lower(host), lower(address), port);
    return destination.isInUrl() || destination.isByItself(host) || destination.isByItself(address);
  }

  private static @Nullable String lower(@Nullable String name) {
    return name == null ? null : name.toLowerCase(Locale.ROOT);
  }

  /** {@code scheme://user@host:port/…}, or {@code //host…}. */
  private boolean isInUrl() {
    for (int slashes = text.indexOf("//");
        slashes >= 0;
        slashes = text.indexOf("//", slashes + 1)) {
      int end = endOfAuthority(slashes + 2);
      int start = last('@', slashes + 2, end) + 1;
      if (start < end && names(start, end, defaultPort(slashes))) {
        return true;
      }
    }
    return false;
  }

  private int endOfAuthority(int start) {
    int end = start;
    while (end < text.length() && "/?#&\\\"'<>{}|,; \t\r\n".indexOf(text.charAt(end)) < 0) {
      end++;
    }
    return end;
  }

  /** True if this authority, without its user, is the destination. */
  private boolean names(int start, int end, int otherwise) {
    int colon = last(':', start, end);
    boolean hasPort = colon > start && colon > last(']', start, end);
    int nameEnd = hasPort ? colon : end;
    boolean fits = hasPort ? number(colon + 1, end) == port : otherwise < 0 || otherwise == port;
    return fits && isHost(text.substring(start, nameEnd));
  }

  /** The last position of the character in this range; {@code start - 1} if it is not there. */
  private int last(char wanted, int start, int end) {
    int at = end - 1;
    while (at >= start && text.charAt(at) != wanted) {
      at--;
    }
    return at;
  }

  private int number(int start, int end) {
    if (start >= end || end - start > MAX_PORT_DIGITS) {
      return -1;
    }
    int number = 0;
    for (int i = start; i < end; i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9') {
        return -1;
      }
      number = number * 10 + c - '0';
    }
    return number;
  }

  /** The default port of the URL's scheme; -1 if any port fits. */
  private int defaultPort(int slashes) {
    int start = slashes > 0 && text.charAt(slashes - 1) == ':' ? slashes - 1 : slashes;
    int end = start;
    while (start > 0 && Character.isLetterOrDigit(text.charAt(start - 1))) {
      start--;
    }
    return switch (text.substring(start, end)) {
      case "http", "ws" -> 80;
      case "https", "wss" -> 443;
      case "ftp" -> 21;
      case "ldap" -> 389;
      case "ldaps" -> 636;
      case "rmi" -> 1099;
      default -> -1;
    };
  }

  private boolean isHost(String name) {
    String plain = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    if (plain.equals(host) || plain.equals(address)) {
      return true;
    }
    byte[] wanted = address == null ? null : IpAddress.parse(address);
    byte[] written = wanted == null ? null : written(plain);
    return written != null && Arrays.equals(written, wanted);
  }

  /** Parses an address in any spelling that Java accepts; null if it is none. */
  private static byte @Nullable [] written(String name) {
    byte[] address = IpAddress.parse(name);
    return address == null ? ofFewParts(name) : address;
  }

  /**
   * Parses {@code 2130706433} and {@code 127.1}, which are addresses too: the last number fills the
   * remaining bytes.
   */
  private static byte @Nullable [] ofFewParts(String name) {
    String[] parts = name.split("\\.", MAX_PARTS + 1);
    if (parts.length > MAX_PARTS) {
      return null;
    }
    long address = 0;
    for (int i = 0; i < parts.length; i++) {
      int bits = i < parts.length - 1 ? Byte.SIZE : IPV4_BITS - Byte.SIZE * i;
      long part = part(parts[i]);
      if (part < 0 || part >= 1L << bits) {
        return null;
      }
      address = address << bits | part;
    }
    return IpAddress.parse(
        (address >> 24)
            + "."
            + (address >> 16 & 0xff)
            + "."
            + (address >> 8 & 0xff)
            + "."
            + (address & 0xff));
  }

  private static long part(String digits) {
    if (digits.isEmpty() || digits.length() > 10) {
      return -1;
    }
    long number = 0;
    for (int i = 0; i < digits.length(); i++) {
      char c = digits.charAt(i);
      if (c < '0' || c > '9') {
        return -1;
      }
      number = number * 10 + c - '0';
    }
    return number;
  }

  /**
   * True if a parameter's whole value, or a part of a path, is the host, with or without the port.
   */
  private boolean isByItself(@Nullable String written) {
    String name = lower(written);
    if (name == null || name.isEmpty()) {
      return false;
    }
    for (int at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
      int end = at + name.length();
      if ((at == 0 || isEdge(text.charAt(at - 1))) && isWholeValue(name, end)) {
        return true;
      }
    }
    return false;
  }

  private boolean isWholeValue(String name, int end) {
    if (end < text.length() && text.charAt(end) == ':') {
      int stop = end + 1;
      while (stop < text.length() && !isEdge(text.charAt(stop))) {
        stop++;
      }
      return number(end + 1, stop) == port;
    }
    boolean whole = end == text.length() || isEdge(text.charAt(end));
    return whole && (name.indexOf('.') > 0 || name.indexOf(':') >= 0 || hasPortAsValue());
  }

  private boolean hasPortAsValue() {
    String digits = Integer.toString(port);
    for (int at = text.indexOf(digits); at >= 0; at = text.indexOf(digits, at + 1)) {
      int end = at + digits.length();
      if (at > 0
          && isEdge(text.charAt(at - 1))
          && (end == text.length() || isEdge(text.charAt(end)))) {
        return true;
      }
    }
    return false;
  }

  private static boolean isEdge(char c) {
    return "=&;/?,| []\"'".indexOf(c) >= 0;
  }
}
