package whorl.collector.people;

import com.nimbusds.oauth2.sdk.id.State;
import com.nimbusds.oauth2.sdk.pkce.CodeVerifier;
import com.nimbusds.openid.connect.sdk.Nonce;
import io.netty.handler.codec.http.cookie.Cookie;
import io.netty.handler.codec.http.cookie.ServerCookieDecoder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Digest;
import whorl.evidence.Json;

/**
 * A login that has begun. Only the browser that began it keeps it, in a cookie that no script can
 * read, so that any collector can finish it and an unfinished one costs nothing.
 *
 * @param state goes to the provider and comes back
 * @param nonce the provider puts it into the ID token
 * @param verifier proves to the provider that the code was issued to this login (PKCE)
 * @param returnTo the place of the page to which the login leads
 * @param callback where the provider sends the browser
 * @param startedMillis since 1970
 */
record LoginState(
    String state,
    String nonce,
    String verifier,
    String returnTo,
    String callback,
    long startedMillis) {
  /** For how long a login may take. */
  static final Duration LIVES = Duration.ofMinutes(10);

  private static final String NAME = "whorl_login";
  private static final String SECURE_NAME = "__Host-" + NAME;
  private static final String HOME = "/";
  private static final int MAX_CHARS = 4 << 10;

  /** A place of the own page, and nothing that a browser could take for another site. */
  private static final Pattern PLACE = Pattern.compile("/#/[\\x21-\\x7e&&[^\\\\]]{0,1500}");

  /** Begins a login. */
  static LoginState begin(@Nullable String returnTo, String callback, Instant now) {
    return new LoginState(
        new State().getValue(),
        new Nonce().getValue(),
        new CodeVerifier().getValue(),
        place(returnTo),
        callback,
        now.toEpochMilli());
  }

  private static String place(@Nullable String text) {
    return text != null && PLACE.matcher(text).matches() ? text : HOME;
  }

  /** Never shows the secrets. */
  @Override
  public String toString() {
    return "login to " + returnTo;
  }

  /** True if this is the state of this login. Compares in constant time. */
  boolean hasState(@Nullable String sent) {
    return sent != null
        && MessageDigest.isEqual(
            sent.getBytes(StandardCharsets.UTF_8), state.getBytes(StandardCharsets.UTF_8));
  }

  /** True if the login took too long. */
  boolean hasEnded(Instant now) {
    Instant started = Instant.ofEpochMilli(startedMillis);
    return now.isBefore(started.minus(LIVES)) || !now.isBefore(started.plus(LIVES));
  }

  /** What is kept of a login that is done, so that it is not done again. */
  Digest used() {
    return Digest.of(("login " + state).getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Returns the {@code Set-Cookie} header. The provider's answer comes from another site, so the
   * cookie is {@code Lax}: it is sent when the browser is led here, and never with a form or a
   * script of another site.
   *
   * @param secure true if the page is served over TLS
   */
  String cookie(boolean secure) {
    String value = Base64.getUrlEncoder().withoutPadding().encodeToString(Json.bytes(this));
    return (secure ? SECURE_NAME : NAME)
        + "="
        + value
        + "; Path=/; Max-Age="
        + LIVES.toSeconds()
        + "; HttpOnly; SameSite=Lax"
        + (secure ? "; Secure" : "");
  }

  /**
   * Reads a {@code Cookie} header.
   *
   * @param secure as when the cookie was set
   * @return null if there is no such cookie, several, or one that cannot be read
   */
  static @Nullable LoginState ofCookie(@Nullable String header, boolean secure) {
    String found = null;
    if (header != null) {
      for (Cookie cookie : ServerCookieDecoder.STRICT.decodeAll(header)) {
        if (cookie.name().equals(secure ? SECURE_NAME : NAME)) {
          if (found != null) {
            return null;
          }
          found = cookie.value();
        }
      }
    }
    if (found == null || found.length() > MAX_CHARS) {
      return null;
    }
    try {
      LoginState read =
          Json.MAPPER.readValue(Base64.getUrlDecoder().decode(found), LoginState.class);
      boolean complete =
          read != null
              && read.state != null
              && read.nonce != null
              && read.verifier != null
              && read.callback != null;
      return complete
          ? new LoginState(
              read.state,
              read.nonce,
              read.verifier,
              place(read.returnTo),
              read.callback,
              read.startedMillis)
          : null;
    } catch (IOException | IllegalArgumentException e) {
      return null; // the message may contain the verifier
    }
  }
}
