package whorl.collector.http;

import io.netty.handler.codec.http.cookie.Cookie;
import io.netty.handler.codec.http.cookie.ServerCookieDecoder;
import org.jspecify.annotations.Nullable;

/** The cookie that holds a session's id. */
final class SessionCookie {
  static final String NAME = "whorl_session";

  private SessionCookie() {}

  /**
   * The id in a {@code Cookie} header; null where there is none, or several: one of those would be
   * somebody else's.
   */
  static @Nullable String id(@Nullable String header) {
    String found = null;
    if (header != null) {
      for (Cookie cookie : ServerCookieDecoder.STRICT.decodeAll(header)) {
        if (cookie.name().equals(NAME)) {
          if (found != null) {
            return null;
          }
          found = cookie.value();
        }
      }
    }
    return found;
  }

  /**
   * A {@code Set-Cookie} header. It is gone when the browser closes.
   *
   * @param secure whether we speak TLS
   */
  static String set(String id, boolean secure) {
    return NAME + "=" + id + attributes(secure);
  }

  /** The header that takes it back. */
  static String removed(boolean secure) {
    return NAME + "=" + attributes(secure) + "; Max-Age=0";
  }

  private static String attributes(boolean secure) {
    return "; Path=/; HttpOnly; SameSite=Strict" + (secure ? "; Secure" : "");
  }
}
