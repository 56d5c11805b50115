package whorl.collector.http.auth;

import java.io.IOException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import whorl.collector.http.request.Principal;

/** Identifies people by API tokens that they made for themselves. */
@FunctionalInterface
public interface ApiTokenIdentification {
  /** Knows no such token. */
  ApiTokenIdentification NONE = (token, inFile, remoteAddress) -> null;

  /**
   * Returns the person, with what the person and the token both may do now. Called on workers,
   * because it may ask a database.
   *
   * @param token one that is intact
   * @param inFile true for principals that have a token of the tokens file now
   * @return null if the token is unknown, expired or revoked
   * @throws whorl.collector.http.request.ProblemException 401 or 403 with the reason; 429 if too
   *     many unknown tokens come from this address
   * @throws IOException when the database cannot be asked
   */
  @Nullable Principal byToken(ApiTokenText token, Predicate<Principal> inFile, String remoteAddress)
      throws IOException;
}
