package whorl.collector.http.auth;

import io.netty.handler.codec.http.cookie.Cookie;
import io.netty.handler.codec.http.cookie.ServerCookieDecoder;
import org.jspecify.annotations.Nullable;

/** The cookie with a session's id. */
final class SessionCookie {
  static final String NAME = "whorl_session";

  private SessionCookie() {}

  /**
   * Returns the id in a {@code Cookie} header; null when there is none, or several, because one of
   * them may be forged.
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
   * Returns a {@code Set-Cookie} header. The cookie ends when the browser closes.
   *
   * @param secure true if the collector uses TLS
   */
  static String set(String id, boolean secure) {
    return NAME + "=" + id + attributes(secure);
  }

  /** Returns the header that deletes the cookie. */
  static String removed(boolean secure) {
    return NAME + "=" + attributes(secure) + "; Max-Age=0";
  }

  private static String attributes(boolean secure) {
    return "; Path=/; HttpOnly; SameSite=Strict" + (secure ? "; Secure" : "");
  }
}
