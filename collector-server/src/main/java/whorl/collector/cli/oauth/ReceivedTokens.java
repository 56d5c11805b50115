package whorl.collector.cli.oauth;

import com.nimbusds.jwt.JWT;
import com.nimbusds.jwt.JWTParser;
import com.nimbusds.oauth2.sdk.AccessTokenResponse;
import com.nimbusds.oauth2.sdk.token.RefreshToken;
import com.nimbusds.openid.connect.sdk.OIDCTokenResponse;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import org.jspecify.annotations.Nullable;

/**
 * The tokens that a provider has given.
 *
 * @param lifeSeconds of the access token, as the provider says; 0 if it does not
 */
public record ReceivedTokens(
    @Nullable String idToken, String accessToken, long lifeSeconds, @Nullable String refreshToken) {
  /** What is assumed if nothing says when a token expires. */
  private static final Duration ASSUMED_LIFE = Duration.ofMinutes(5);

  static ReceivedTokens of(AccessTokenResponse response) {
    RefreshToken refresh = response.getTokens().getRefreshToken();
    return new ReceivedTokens(
        response instanceof OIDCTokenResponse openId
            ? openId.getOIDCTokens().getIDTokenString()
            : null,
        response.getTokens().getAccessToken().getValue(),
        response.getTokens().getAccessToken().getLifetime(),
        refresh == null ? null : refresh.getValue());
  }

  /** The token for the collector; the access token if there is no ID token. */
  public String bearer(boolean usesIdToken) {
    return usesIdToken && idToken != null ? idToken : accessToken;
  }

  /** When that token expires: as it says itself, or else as the provider says. */
  Instant expires(boolean usesIdToken, InstantSource clock) {
    try {
      JWT token = JWTParser.parse(bearer(usesIdToken));
      Date expires = token.getJWTClaimsSet().getExpirationTime();
      if (expires != null) {
        return expires.toInstant();
      }
    } catch (ParseException opaque) {
      // the provider's own words count
    }
    return clock.instant().plus(lifeSeconds > 0 ? Duration.ofSeconds(lifeSeconds) : ASSUMED_LIFE);
  }

  /** Never shows a token. */
  @Override
  public String toString() {
    return "tokens";
  }
}
