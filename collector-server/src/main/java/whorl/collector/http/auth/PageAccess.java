package whorl.collector.http.auth;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How people get into the page.
 *
 * @param agreement compares this collector's tokens with those of others; null if there are none
 */
public record PageAccess(
    Sessions sessions, LoginLimit logins, @Nullable Function<Tokens, TokenAgreement> agreement) {}
