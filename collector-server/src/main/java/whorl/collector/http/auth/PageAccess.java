package whorl.collector.http.auth;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How people get into the page and the API.
 *
 * @param agreement compares this collector's tokens with those of others; null if there are none
 * @param people identifies people who have no token of the tokens file
 * @param record of logins
 */
public record PageAccess(
    Sessions sessions,
    LoginLimit logins,
    @Nullable Function<Tokens, TokenAgreement> agreement,
    PeopleIdentification people,
    LoginRecord record) {
  /** People have tokens of the tokens file only. */
  public PageAccess(
      Sessions sessions, LoginLimit logins, @Nullable Function<Tokens, TokenAgreement> agreement) {
    this(sessions, logins, agreement, PeopleIdentification.NONE, LoginRecord.NONE);
  }

  /** The same, and these people. */
  public PageAccess with(PeopleIdentification people) {
    return new PageAccess(sessions, logins, agreement, people, record);
  }

  /** The same, and logins are recorded here. */
  public PageAccess with(LoginRecord record) {
    return new PageAccess(sessions, logins, agreement, people, record);
  }
}
