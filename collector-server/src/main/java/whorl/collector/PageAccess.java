package whorl.collector;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import whorl.collector.http.auth.LoginLimit;
import whorl.collector.http.auth.Sessions;
import whorl.collector.http.auth.TokenAgreement;
import whorl.collector.http.auth.Tokens;

/**
 * How people get into the page.
 *
 * @param agreement compares this collector's tokens with those of others; null if there are none
 */
record PageAccess(
    Sessions sessions, LoginLimit logins, @Nullable Function<Tokens, TokenAgreement> agreement) {}
